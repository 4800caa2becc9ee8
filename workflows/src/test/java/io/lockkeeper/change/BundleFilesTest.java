package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.fixture.Bundles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleFilesTest {
  private static final byte[] TEXT = "SELECT 1".getBytes(UTF_8);

  private final Findings findings = new Findings();

  private List<String> found() {
    return findings.all().stream().map(Finding::text).toList();
  }

  /** A file of the bundle's own, as tar holds it. */
  private record Entry(String name, byte type, byte[] content) {}

  private static Entry file(String name) {
    return new Entry(name, TarConstants.LF_NORMAL, TEXT);
  }

  private static byte[] tar(Entry... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Entry entry : entries) {
        TarArchiveEntry header = new TarArchiveEntry(entry.name(), entry.type(), true);
        boolean link =
            entry.type() == TarConstants.LF_SYMLINK || entry.type() == TarConstants.LF_LINK;
        header.setLinkName(link ? "/etc/passwd" : "");
        header.setSize(entry.content().length);
        tar.putArchiveEntry(header);
        tar.write(entry.content());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new Quick(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** How well it is packed matters to nobody here. */
  private static final class Quick extends GZIPOutputStream {
    private Quick(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private SortedMap<String, byte[]> read(Entry... entries) throws IOException {
    List<Entry> all = new ArrayList<>(List.of(file("change.yaml")));
    all.addAll(Arrays.asList(entries));
    return BundleFiles.ofArchive(gzip(tar(all.toArray(Entry[]::new))), findings);
  }

  @Test
  void filesOfABundle_areReadAndOthersLeftOut() throws IOException {
    SortedMap<String, byte[]> files =
        read(
            file("./sql/10_a.sql"),
            file("sql/deep/20_b.sql"),
            file("checks/rows.sql"),
            file("load/k6.js"),
            file("docs/why.md"),
            file("files/config"),
            file("fixture/data.sql"),
            file("README.md"),
            file(".git/config"),
            file("sql/.10_a.sql.swp"),
            file("sql/.hidden/x.sql"),
            new Entry("sql/", TarConstants.LF_DIR, new byte[0]));

    assertThat(found()).isEmpty();
    assertThat(files.keySet())
        .containsExactly(
            "change.yaml",
            "checks/rows.sql",
            "docs/why.md",
            "files/config",
            "load/k6.js",
            "sql/10_a.sql",
            "sql/deep/20_b.sql");
    assertThat(files.values()).allSatisfy(content -> assertThat(content).isEqualTo(TEXT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../sql/a.sql",
        "sql/../../a.sql",
        "sql/..",
        "./../a.sql",
        "/etc/passwd",
        "/sql/a.sql",
        "sql\\..\\a.sql",
        "sql/a\nb.sql"
      })
  void pathThatLeadsElsewhere_isRefused(String name) throws IOException {
    SortedMap<String, byte[]> files = read(file(name));

    assertThat(files.keySet()).containsExactly("change.yaml");
    assertThat(found()).singleElement().asString().contains("error bundle-path: the archive holds");
  }

  /** The long form of a name may hold what the short one cannot. */
  @Test
  void nameWithAZeroInIt_isRefused() throws IOException {
    byte[] longForm = "20 path=sql/a\0b.sql\n".getBytes(UTF_8);

    read(new Entry("x", TarConstants.LF_PAX_EXTENDED_HEADER_LC, longForm), file("sql/a.sql"));

    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-path: the archive holds \"sql/a\0b.sql\": only files"
                + " below");
  }

  @Test
  void pathThatLeadsElsewhere_isNamed() throws IOException {
    read(file("sql/../../../root/.ssh/authorized_keys"));

    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-path: the archive holds"
                + " \"sql/../../../root/.ssh/authorized_keys\": only files below");
  }

  @ParameterizedTest
  @CsvSource({
    "2, symbolic link",
    "1, hard link",
    "3, character device",
    "4, block device",
    "6, pipe"
  })
  void entryThatIsNoFile_isRefused(char type, String what) throws IOException {
    SortedMap<String, byte[]> files = read(new Entry("sql/a.sql", (byte) type, new byte[0]));

    assertThat(files.keySet()).as(what).containsExactly("change.yaml");
    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-path: the archive holds \"sql/a.sql\": only files"
                + " below");
  }

  @Test
  void fileThatStandsTwice_isRefused() throws IOException {
    read(file("sql/a.sql"), file("./sql/a.sql"));

    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-path: the archive holds \"sql/a.sql\" twice");
  }

  @Test
  void tooManyBytes_areRefusedAndNotReadToTheEnd() throws IOException {
    byte[] third = new byte[17_000_000];

    SortedMap<String, byte[]> files =
        read(
            new Entry("sql/a.sql", TarConstants.LF_NORMAL, third),
            new Entry("sql/b.sql", TarConstants.LF_NORMAL, third),
            new Entry("sql/b2.sql", TarConstants.LF_NORMAL, third),
            file("sql/c.sql"));

    assertThat(files).doesNotContainKey("sql/c.sql");
    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-too-large: the bundle has over 2000 files or 50000000"
                + " bytes");
  }

  @Test
  void fileThatIsTooLarge_isRefusedByName() throws IOException {
    SortedMap<String, byte[]> files =
        read(
            new Entry("sql/a.sql", TarConstants.LF_NORMAL, new byte[20_000_000]),
            new Entry("sql/b.sql", TarConstants.LF_NORMAL, new byte[20_000_001]));

    assertThat(files.keySet()).containsExactly("change.yaml", "sql/a.sql");
    assertThat(found())
        .containsExactly("sql/b.sql:1:1: error bundle-too-large: the file has over 20000000 bytes");
  }

  /** What stands outside the bundle's folders is skipped, and skipping inflates too. */
  @ParameterizedTest
  @ValueSource(strings = {"fixture/data.bin", "sql/.hidden", "README.md"})
  void archiveThatInflatesToTooMuch_isNotReadToTheEnd(String name) throws IOException {
    Entry large = new Entry(name, TarConstants.LF_NORMAL, new byte[51_000_000]);

    SortedMap<String, byte[]> files = read(large, large, file("sql/a.sql"));

    assertThat(files.keySet()).containsExactly("change.yaml");
    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-too-large: the archive inflates to over 100000000 bytes:"
                + " leave out what does not belong to the bundle");
  }

  @Test
  void tooManyFiles_areRefused() throws IOException {
    Entry[] entries = new Entry[2_001];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = new Entry("sql/" + i + ".sql", TarConstants.LF_NORMAL, new byte[0]);
    }

    read(entries);

    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-too-large: the bundle has over 2000 files or 50000000"
                + " bytes");
  }

  @Test
  void archiveWithoutAChange_isRefused() throws IOException {
    BundleFiles.ofArchive(gzip(tar(file("sql/a.sql"))), findings);

    assertThat(found())
        .containsExactly(
            "change.yaml:1:1: error bundle-incomplete: the bundle has no file change.yaml");
  }

  @Test
  void bytesThatAreNoArchive_areRefused() throws IOException {
    byte[] whole = BundleFiles.archive(Map.of("change.yaml", TEXT));

    for (byte[] bytes :
        List.of(
            new byte[0],
            TEXT,
            Arrays.copyOf(whole, 40),
            gzip("not a tar".repeat(99).getBytes(UTF_8)))) {
      Findings here = new Findings();
      BundleFiles.ofArchive(bytes, here);

      assertThat(here.all())
          .singleElement()
          .satisfies(
              finding ->
                  assertThat(finding.text())
                      .startsWith(
                          "change.yaml:1:1: error bundle-archive: not a tar.gz archive of a"
                              + " bundle: "));
    }
  }

  @Test
  void archiveWithAnyByteChanged_isReadOrFound() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] whole =
        tar(file("change.yaml"), file("sql/" + "long/".repeat(40) + "a.sql"), file("sql/b.sql"));
    for (int i = 0; i < 3_000; i++) {
      byte[] changed = whole.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      Findings here = new Findings();

      SortedMap<String, byte[]> files = BundleFiles.ofArchive(gzip(changed), here);

      assertThat(files.containsKey("change.yaml") || here.hasErrors()).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void archive_readsBackAsTheSameFiles() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    files.put("change.yaml", TEXT);
    files.put("sql/ä/" + "long_".repeat(30) + ".sql", new byte[] {0, -1, 10, 13});
    files.put("docs/empty.md", new byte[0]);

    SortedMap<String, byte[]> read = BundleFiles.ofArchive(BundleFiles.archive(files), findings);

    assertThat(found()).isEmpty();
    assertThat(read.keySet()).isEqualTo(files.keySet());
    files.forEach((name, content) -> assertThat(read.get(name)).as(name).isEqualTo(content));
  }

  @Test
  void sameFiles_giveTheSameArchive() {
    Map<String, byte[]> one = new TreeMap<>(Map.of("change.yaml", TEXT, "sql/a.sql", TEXT));
    Map<String, byte[]> other = Map.of("sql/a.sql", TEXT.clone(), "change.yaml", TEXT.clone());

    assertThat(BundleFiles.archive(one)).isEqualTo(BundleFiles.archive(other));
  }

  @Test
  void folder_isReadLikeItsArchive(@TempDir Path folder) throws IOException {
    for (String name :
        List.of("change.yaml", "sql/10_a.sql", "docs/a.md", "fixture/b.sql", ".git/c", "sql/.d")) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, TEXT);
    }

    SortedMap<String, byte[]> files = BundleFiles.ofFolder(folder, findings);

    assertThat(found()).isEmpty();
    assertThat(files.keySet()).containsExactly("change.yaml", "docs/a.md", "sql/10_a.sql");
  }

  @Test
  void linkInAFolder_isRefused(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("change.yaml"), TEXT);
    Files.createDirectory(folder.resolve("sql"));
    Files.createSymbolicLink(folder.resolve("sql/a.sql"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("docs"), Path.of("/etc"));

    SortedMap<String, byte[]> files = BundleFiles.ofFolder(folder, findings);

    assertThat(files.keySet()).containsExactly("change.yaml");
    assertThat(found())
        .containsExactly(
            "docs:1:1: error bundle-link: links are not allowed in a bundle",
            "sql/a.sql:1:1: error bundle-link: links are not allowed in a bundle");
  }

  @Test
  void tooLargeFileInAFolder_isRefusedUnread(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("change.yaml"), TEXT);
    Files.createDirectory(folder.resolve("sql"));
    try (RandomAccessFile sparse =
        new RandomAccessFile(folder.resolve("sql/a.sql").toFile(), "rw")) {
      sparse.setLength(5_000_000_000L);
    }

    BundleFiles.ofFolder(folder, findings);

    assertThat(found())
        .containsExactly("sql/a.sql:1:1: error bundle-too-large: the file has over 20000000 bytes");
  }

  @Test
  void folderThatIsNone_isSaid(@TempDir Path folder) {
    Path none = folder.resolve("none");

    assertThatThrownBy(() -> BundleFiles.ofFolder(none, findings))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("reading the bundle in " + none);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20, 40})
  void canonicalBundleThatEndsTooEarly_isRefused(int cut) {
    byte[] canonical = Bundles.flight().canonical();

    assertThatThrownBy(() -> Bundle.parse(Arrays.copyOf(canonical, cut)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Bundle.parse(Arrays.copyOf(canonical, canonical.length - 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a bundle that ends too early");
  }
}
