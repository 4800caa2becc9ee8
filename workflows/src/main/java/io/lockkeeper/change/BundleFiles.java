package io.lockkeeper.change;

import io.lockkeeper.finding.Findings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Reads and writes the files of a bundle: a folder, or a tar.gz that a stranger may have made. */
public final class BundleFiles {
  /** The file that makes a folder a bundle. */
  public static final String CHANGE = "change.yaml";

  /** More than any bundle of SQL needs. */
  private static final int MAX_BYTES = 50_000_000;

  private static final int MAX_FILE_BYTES = 20_000_000;

  /** With what stands beside the bundle in the archive, so that a bomb stops early. */
  private static final long MAX_INFLATED = 2L * MAX_BYTES;

  private static final int MAX_FILES = 2_000;

  private BundleFiles() {}

  /**
   * Reads a folder.
   *
   * @throws UncheckedIOException where it cannot be read
   */
  public static SortedMap<String, byte[]> ofFolder(Path folder, Findings findings) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(p -> !p.equals(folder)).sorted().toList()) {
        String name = folder.relativize(path).toString().replace('\\', '/');
        if (hidden(name) || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        if (Files.isSymbolicLink(path)) {
          findings.error("bundle-link", name, 1, 1, "links are not allowed in a bundle");
        } else if (belongs(name) && !Files.isRegularFile(path)) {
          findings.error("bundle-path", name, 1, 1, "only files are allowed in a bundle");
        } else if (belongs(name) && fits(name, Files.size(path), findings)) {
          files.put(name, Files.readAllBytes(path));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading the bundle in " + folder, e);
    }
    refuseTooMuch(files, findings);
    return files;
  }

  /** Reads an archive; whatever is wrong with it is a finding. */
  public static SortedMap<String, byte[]> ofArchive(byte[] archive, Findings findings) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(archive));
        InputStream limited = new InflateLimit(gzip, MAX_INFLATED);
        TarArchiveInputStream tar = new TarArchiveInputStream(limited)) {
      long total = 0;
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null && files.size() <= MAX_FILES && total <= MAX_BYTES) {
        String name = entry.getName().replaceFirst("^(\\./)+", "");
        if (unsafe(entry, name)) {
          findings.error(
              "bundle-path", CHANGE, 1, 1, "the archive holds \"" + name + "\": only files below");
        } else if (!entry.isDirectory() && !hidden(name) && belongs(name)) {
          byte[] content = tar.readNBytes(MAX_FILE_BYTES + 1);
          total += content.length;
          if (fits(name, content.length, findings) && files.put(name, content) != null) {
            findings.error("bundle-path", CHANGE, 1, 1, "the archive holds \"" + name + "\" twice");
          }
        }
        entry = tar.getNextEntry();
      }
      refuseTooMuch(files, findings);
    } catch (InflateLimit.ExceededException e) {
      findings.error(
          "bundle-too-large",
          CHANGE,
          1,
          1,
          "the archive inflates to over "
              + MAX_INFLATED
              + " bytes: leave out what does not belong to the bundle");
    } catch (IOException e) {
      findings.error(
          "bundle-archive", CHANGE, 1, 1, "not a tar.gz archive of a bundle: " + e.getMessage());
    }
    return files;
  }

  /** The same files give the same bytes: names sorted, no times, no owners. */
  public static byte[] archive(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        entry.setModTime(0);
        entry.setIds(0, 0);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static boolean fits(String name, long bytes, Findings findings) {
    if (bytes > MAX_FILE_BYTES) {
      findings.error(
          "bundle-too-large", name, 1, 1, "the file has over " + MAX_FILE_BYTES + " bytes");
    }
    return bytes <= MAX_FILE_BYTES;
  }

  private static boolean unsafe(TarArchiveEntry entry, String name) {
    List<String> parts = new ArrayList<>(Arrays.asList(name.split("/", -1)));
    return name.startsWith("/")
        || name.contains("\\")
        || parts.contains("..")
        || name.chars().anyMatch(Character::isISOControl)
        || entry.isSymbolicLink()
        || entry.isLink()
        || entry.isCharacterDevice()
        || entry.isBlockDevice()
        || entry.isFIFO();
  }

  private static boolean hidden(String name) {
    return name.startsWith(".") || name.contains("/.");
  }

  /** What a bundle is made of; an example's fixture and application stand beside it, not in it. */
  private static boolean belongs(String name) {
    return name.equals(CHANGE)
        || name.startsWith("sql/")
        || name.startsWith("checks/")
        || name.startsWith("load/")
        || name.startsWith("docs/")
        || name.startsWith("files/");
  }

  private static void refuseTooMuch(SortedMap<String, byte[]> files, Findings findings) {
    long total = files.values().stream().mapToLong(content -> content.length).sum();
    if (total > MAX_BYTES || files.size() > MAX_FILES) {
      findings.error(
          "bundle-too-large",
          CHANGE,
          1,
          1,
          "the bundle has over " + MAX_FILES + " files or " + MAX_BYTES + " bytes");
    }
    if (!files.containsKey(CHANGE)) {
      findings.error("bundle-incomplete", CHANGE, 1, 1, "the bundle has no file " + CHANGE);
    }
  }
}
