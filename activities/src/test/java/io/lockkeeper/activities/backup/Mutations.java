package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.environment.TargetIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Backups of a tiny database, each spoilt in one way; and by a fitting new manifest too, as
 * somebody makes it who can write into the directory. A file and a folder in turn.
 */
final class Mutations implements AutoCloseable {
  private final Random random;
  private final Path directory;
  private final Database database = Server.fresh();
  private final Database other = Server.fresh();
  private final Target target;
  private final List<Kept> whole;
  private final List<Kept> foreign;

  /** How one is spoilt. */
  enum Spoiling {
    CUT,
    FLIPPED,
    WRONG_DATABASE,
    TOO_OLD,
    PART
  }

  /**
   * What became of one.
   *
   * @param accepted whether the gate let it pass, which it never may
   * @param by what stopped it
   * @param blind what would have stopped it, had the ledger known its manifest; empty where its
   *     manifest does not fit
   */
  record Outcome(Spoiling spoiling, boolean fitting, boolean accepted, String by, String blind) {}

  /** A backup as it lies in the directory. */
  private record Kept(Manifest manifest, SortedMap<String, byte[]> files) {}

  Mutations(long seed, Path directory) throws IOException {
    this.random = new Random(seed);
    this.directory = directory;
    load(database, 40);
    load(other, 40);
    this.target = new Target("dev", settings(database, 1));
    this.whole = List.of(kept(database, 1), kept(database, 2));
    this.foreign = List.of(kept(other, 1), kept(other, 2));
  }

  private static void load(Database database, int rows) {
    database.sql(
        "CREATE TABLE stocks (id int PRIMARY KEY, sector text, note text DEFAULT 'a note');"
            + "CREATE TABLE positions (id int);"
            + "CREATE VIEW sectors AS SELECT sector, count(*) FROM stocks GROUP BY 1;"
            + "CREATE INDEX stocks_sector ON stocks (sector);"
            + "INSERT INTO stocks (id, sector) SELECT n, md5(n::text) FROM generate_series(1, "
            + rows
            + ") n;"
            + "INSERT INTO positions SELECT n FROM generate_series(1, 7) n");
  }

  private TargetSettings settings(Database of, int jobs) {
    return of.settings(
        Optional.of(
            new BackupSettings(Kind.PG_DUMP, directory, "nightly", jobs, Optional.empty())));
  }

  private Kept kept(Database of, int jobs) throws IOException {
    empty();
    try (Target dumped = new Target("dev", settings(of, jobs))) {
      Manifest manifest = new Backups(dumped, "dev", new Running()).takeFirst();
      SortedMap<String, byte[]> files = new TreeMap<>();
      try (Stream<Path> found = Files.walk(directory)) {
        for (Path file : found.filter(Files::isRegularFile).toList()) {
          files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
      files.remove(manifest.id() + ManifestFile.SUFFIX);
      return new Kept(manifest, files);
    }
  }

  /** The whole backup, untouched: what is not spoilt is accepted, or nothing would be shown. */
  boolean acceptsTheWhole(int which) throws IOException {
    Kept kept = whole.get(which % 2);
    lay(kept, kept.manifest());
    return gate(Duration.ofHours(1)).accepted().isPresent();
  }

  Outcome spoil(Spoiling spoiling, boolean fitting) throws IOException, SQLException {
    Kept kept = whole.get(random.nextInt(2));
    return switch (spoiling) {
      case CUT -> changed(spoiling, kept, fitting, this::cut);
      case FLIPPED ->
          fitting || random.nextInt(4) > 0
              ? changed(spoiling, kept, fitting, this::flipped)
              : manifestFlipped(kept);
      case WRONG_DATABASE -> wrongDatabase(fitting);
      case TOO_OLD -> tooOld(kept, fitting);
      case PART -> part(kept, fitting);
    };
  }

  private interface Change {
    byte[] of(byte[] content);
  }

  private byte[] cut(byte[] content) {
    return Arrays.copyOf(content, random.nextInt(content.length));
  }

  private byte[] flipped(byte[] content) {
    byte[] changed = content.clone();
    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  private Outcome changed(Spoiling spoiling, Kept kept, boolean fitting, Change change)
      throws IOException, SQLException {
    SortedMap<String, byte[]> files = new TreeMap<>(kept.files());
    List<String> names =
        files.keySet().stream().filter(name -> files.get(name).length > 0).toList();
    String name = names.get(random.nextInt(names.size()));
    files.put(name, change.of(files.get(name)));
    Kept spoilt = new Kept(kept.manifest(), files);
    lay(spoilt, kept.manifest());
    if (fitting) {
      lay(spoilt, fitting(kept.manifest(), kept.manifest().takenAt()));
    }
    return outcome(spoiling, fitting);
  }

  private Outcome manifestFlipped(Kept kept) throws IOException, SQLException {
    lay(kept, kept.manifest());
    Path manifest = directory.resolve(kept.manifest().id() + ManifestFile.SUFFIX);
    Files.write(manifest, flipped(Files.readAllBytes(manifest)));
    return outcome(Spoiling.FLIPPED, false);
  }

  private Outcome wrongDatabase(boolean fitting) throws IOException, SQLException {
    Kept theirs = foreign.get(random.nextInt(2));
    lay(theirs, theirs.manifest());
    if (fitting) {
      lay(theirs, of(theirs.manifest(), whole.get(0).manifest().identity()));
    }
    return outcome(Spoiling.WRONG_DATABASE, fitting);
  }

  /** One that the ledger knows is old; and the same, told to be young. */
  private Outcome tooOld(Kept kept, boolean fitting) throws IOException, SQLException {
    Instant longAgo = Instant.now().minus(Duration.ofMinutes(90 + random.nextInt(100_000)));
    lay(kept, kept.manifest());
    Manifest old = fitting(kept.manifest(), longAgo);
    try (Fence fence = Fence.open(target, work("old"), new Running())) {
      BackupLedger.add(fence, old.promotion(), old.id(), old.digest().orElseThrow());
    }
    lay(kept, fitting ? fitting(kept.manifest(), Instant.now()) : old);
    return outcome(Spoiling.TOO_OLD, fitting);
  }

  private Outcome part(Kept kept, boolean fitting) throws IOException, SQLException {
    lay(kept, kept.manifest());
    Manifest manifest = kept.manifest();
    Path file = directory.resolve(manifest.file());
    Path whole = directory.resolve(manifest.id() + ManifestFile.SUFFIX);
    Path part = directory.resolve(manifest.file() + BackupStore.PART);
    if (fitting) {
      Files.move(file, part);
      write(named(manifest, manifest.file() + BackupStore.PART));
    } else if (random.nextBoolean()) {
      Files.move(whole, directory.resolve(whole.getFileName() + BackupStore.PART));
    } else {
      Files.move(file, part);
    }
    return outcome(Spoiling.PART, fitting);
  }

  /** With hashes, size and digest of what lies there now. */
  private Manifest fitting(Manifest m, Instant takenAt) throws IOException {
    Path file = directory.resolve(m.file());
    boolean folder = Files.isDirectory(file);
    SortedMap<String, String> files = folder ? BackupStore.hashes(file) : new TreeMap<>();
    String sha256 = folder ? BackupStore.sha256(files) : BackupStore.sha256(file);
    return made(m, m.identity(), m.file(), BackupStore.size(file), sha256, takenAt, files);
  }

  private static Manifest of(Manifest m, TargetIdentity identity) {
    return made(m, identity, m.file(), m.size(), m.sha256().orElseThrow(), m.takenAt(), m.files());
  }

  private static Manifest named(Manifest m, String file) {
    return made(m, m.identity(), file, m.size(), m.sha256().orElseThrow(), m.takenAt(), m.files());
  }

  private static Manifest made(
      Manifest m,
      TargetIdentity identity,
      String file,
      long size,
      String sha256,
      Instant takenAt,
      Map<String, String> files) {
    return new Manifest(
            m.id(),
            m.promotion(),
            m.environment(),
            m.target(),
            identity,
            m.how(),
            file,
            size,
            Optional.of(sha256),
            m.lsn(),
            takenAt,
            m.seconds(),
            m.rows(),
            // As if it were verified already.
            Optional.of(takenAt),
            files,
            m.databaseSize(),
            Optional.of(1.0),
            Optional.of(m.rows().size()),
            m.copyOid(),
            Optional.empty())
        .sealed();
  }

  private Outcome outcome(Spoiling spoiling, boolean fitting) throws IOException, SQLException {
    Backups.Latest latest = gate(Duration.ofHours(1));
    return new Outcome(
        spoiling,
        fitting,
        latest.accepted().isPresent(),
        latest.refused().stream().findFirst().map(Mutations::layer).orElse("not seen"),
        fitting ? blind() : "");
  }

  private Backups.Latest gate(Duration maxAge) {
    return new Backups(target, "dev", new Running())
        .latest(
            work("latest"),
            new BackupRule(
                How.LATEST,
                Optional.empty(),
                Optional.of(maxAge),
                Optional.empty(),
                Optional.empty()));
  }

  private static Work work(String step) {
    return new Work("mutations-1", step, System.nanoTime(), 1, Map.of());
  }

  private static String layer(String refused) {
    Map<String, String> layers =
        Map.of(
            "the ledger of this database does not know", "ledger",
            "old, at most", "age",
            "is not the one that was written", "sha-256",
            "bytes, and", "size",
            "is not there", "file",
            "not a manifest", "manifest",
            "not as a manifest is written", "manifest",
            "another digest than it says", "manifest",
            "nothing proves it", "manifest",
            "it is that of", "manifest");
    return layers.entrySet().stream()
        .filter(layer -> refused.contains(layer.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(refused);
  }

  /** Bytes, full read, trial restore and rows, as if the ledger knew the manifest that was made. */
  private String blind() throws IOException, SQLException {
    BackupStore store = new BackupStore(directory);
    Manifest manifest = store.manifests().stream().findFirst().orElseThrow();
    Running running = new Running();
    DumpWay way =
        new DumpWay(
            target,
            store,
            target.settings().backup().orElseThrow(),
            running,
            new ClientTool(target, running, "lk/mutations"));
    try (Connection connection = target.dedicated("lk/mutations")) {
      if (!way.damage(connection, manifest).isEmpty()) {
        return "file and hashes";
      }
      try {
        way.read(connection, manifest);
      } catch (ToolFailedException e) {
        return "full read";
      }
      try {
        return way.restored(connection, manifest).difference().isEmpty() ? "nothing" : "rows";
      } catch (ToolFailedException e) {
        return "trial restore";
      }
    }
  }

  private void lay(Kept kept, Manifest manifest) throws IOException {
    empty();
    for (Map.Entry<String, byte[]> file : kept.files().entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    write(manifest);
  }

  private void write(Manifest manifest) throws IOException {
    Files.write(
        directory.resolve(manifest.id() + ManifestFile.SUFFIX), ManifestFile.bytes(manifest));
  }

  private void empty() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        BackupStore.delete(file);
      }
    }
  }

  @Override
  public void close() {
    target.close();
    database.close();
    other.close();
  }
}
