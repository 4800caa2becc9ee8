package io.lockkeeper.activities.backup;

import io.lockkeeper.activities.postgres.BackupLedger;
import io.lockkeeper.activities.postgres.Fence;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetLedger.Connected;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import io.lockkeeper.change.BackupName;
import io.lockkeeper.change.BackupRule;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, finds and verifies backups of one target. A backup counts once its manifest is there and
 * the ledger of its database knows that manifest; a verified one has been read in full, restored
 * into a scratch database, and has the rows of its own snapshot.
 */
public final class Backups {
  private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
  private static final String REGULAR = Target.OURS + "regular backup";

  private final Target target;
  private final String environment;
  private final BackupSettings settings;
  private final BackupStore store;
  private final Running running;

  /**
   * A backup, and those that were looked at before it and are not relied on.
   *
   * @param refused a sentence each: which, and why
   */
  public record Found(Manifest manifest, List<String> refused) {
    public Found {
      refused = List.copyOf(refused);
    }
  }

  /**
   * What came of looking for the latest.
   *
   * @param accepted absent where none is relied on
   * @param refused a sentence each: which, and why
   */
  public record Latest(Optional<Manifest> accepted, List<String> refused) {
    public Latest {
      refused = List.copyOf(refused);
    }
  }

  /**
   * @param running told what is done, and asked whether it is still wanted
   * @throws LockkeeperException where the target's backups are not configured, or their directory
   *     cannot be used
   */
  public Backups(Target target, String environment, Running running) {
    this.target = target;
    this.environment = environment;
    this.running = running;
    this.settings =
        target
            .settings()
            .backup()
            .orElseThrow(() -> problem("the worker's file names no way of backup for it", null));
    try {
      this.store = new BackupStore(settings.directory());
    } catch (IOException e) {
      throw problem("the directory " + settings.directory() + " cannot be used", e);
    }
  }

  /** The newest complete backup of this database that its ledger knows. */
  public Optional<Manifest> newest() {
    try {
      BackupGate gate = BackupGate.of(target);
      for (Manifest manifest : newestFirst(gate, any -> true)) {
        if (gate.isKnown(manifest)) {
          return Optional.of(manifest);
        }
      }
      return Optional.empty();
    } catch (IOException | SQLException e) {
      throw problem("its backups cannot be listed", e);
    }
  }

  /** How old the newest is, on the target's clock. */
  public Optional<Duration> newestAge() {
    try {
      Instant now = new TargetLedger(target).now();
      return newest().map(manifest -> Duration.between(manifest.takenAt(), now));
    } catch (SQLException e) {
      throw problem("its clock cannot be read", e);
    }
  }

  /**
   * The newest complete backup whose bytes are those that were written, by their SHA-256; it is not
   * restored for that. Of a command's, what it left is not looked at.
   *
   * @param wanted which promotions' backups count
   */
  public Latest newestWhole(Predicate<String> wanted) {
    List<String> refused = new ArrayList<>();
    try {
      BackupGate gate = BackupGate.of(target);
      refused.addAll(broken());
      for (Manifest manifest : newestFirst(gate, wanted)) {
        String why = gate.whyNot(manifest, Optional.empty());
        why = why.isEmpty() ? target.read(c -> damage(c, manifest)) : why;
        if (why.isEmpty()) {
          return new Latest(Optional.of(manifest), refused);
        }
        refused.add(manifest.id() + ": " + why);
      }
      return new Latest(Optional.empty(), refused);
    } catch (IOException | SQLException e) {
      throw problem("its backups cannot be looked at", e);
    }
  }

  /** How old a backup is, on the target's clock. */
  public Duration age(Manifest manifest) {
    try {
      return Duration.between(manifest.takenAt(), new TargetLedger(target).now());
    } catch (SQLException e) {
      throw problem("its clock cannot be read", e);
    }
  }

  /** The name of the regular backups; empty where the worker's file has none. */
  public String schedule() {
    return settings.schedule();
  }

  /** As {@link #take(Work, BackupRule, String)}, by a rule that says nothing else. */
  public Manifest take(Work work, boolean verified) {
    BackupRule.How how = verified ? BackupRule.How.VERIFIED : BackupRule.How.TAKEN;
    return take(work, BackupRule.of(how), "").manifest();
  }

  /**
   * Takes a backup for a promotion under its fence, or finds the one that it took before. One that
   * was found and is damaged, or took longer than it may, is passed over, and another one taken.
   *
   * @param change its name, for the backup's
   */
  public Found take(Work work, BackupRule rule, String change) {
    List<String> refused = new ArrayList<>();
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      BackupGate gate = BackupGate.of(target);
      for (Manifest before : newestFirst(gate, work.promotion()::equals)) {
        String why = gate.whyNot(before, Optional.empty());
        why = why.isEmpty() ? tooLong(before, rule) : why;
        if (why.isEmpty()) {
          Checked checked = checked(fence, before, rule);
          if (checked.why().isEmpty()) {
            return new Found(checked.manifest(), refused);
          }
          why = checked.why();
        }
        LOG.warn("the backup {} is passed over: {}", before.id(), why);
        refused.add(before.id() + ": " + why);
      }
      endLostTools(fence.connection());
      Manifest taken =
          taken(
              fence.connection(),
              gate,
              work.promotion(),
              rule.name().orElse(BackupName.USUAL),
              change,
              manifest -> keep(fence, manifest));
      Checked checked = checked(fence, taken, rule);
      if (!checked.why().isEmpty()) {
        throw problem("the backup " + taken.id() + " is not whole: " + checked.why(), null);
      }
      return new Found(checked.manifest(), refused);
    } catch (IOException | SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Finds the newest that was taken elsewhere, by schedule or for another promotion, and verifies
   * it again: digest of its manifest, ledger, age, bytes, full read, trial restore, rows. One that
   * does not hold is passed over.
   */
  public Latest latest(Work work, BackupRule rule) {
    List<String> refused = new ArrayList<>();
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      BackupGate gate = BackupGate.of(target);
      adopt(fence, gate, rule, refused);
      refused.addAll(broken());
      for (Manifest manifest : newestFirst(gate, rule::isFor)) {
        String why = gate.whyNot(manifest, rule.maxAge());
        if (why.isEmpty()) {
          Checked checked = verified(fence, manifest);
          if (checked.why().isEmpty()) {
            return new Latest(Optional.of(checked.manifest()), refused);
          }
          why = checked.why();
        }
        refused.add(manifest.id() + ": " + why);
      }
      return new Latest(Optional.empty(), refused);
    } catch (IOException | SQLException e) {
      throw failed(e);
    }
  }

  /** Takes one by itself, for nobody's promotion: what a regular schedule does. */
  public Manifest takeFirst() {
    return takeRegular(BackupName.USUAL, false);
  }

  /**
   * As {@link #takeFirst}. The target is held for the moment in which its ledger is told, and not
   * while it is dumped: a promotion, and a rollback above all, does not wait for a schedule.
   *
   * @param name pattern of its name
   */
  public Manifest takeRegular(String name, boolean verify) {
    // Each run is a stranger to every other one: none ends another's session.
    String self = "regular backup " + UUID.randomUUID();
    Work work = new Work(self, "backup", System.currentTimeMillis(), 1, Map.of());
    try (Connection connection = target.dedicated(REGULAR)) {
      BackupGate gate = BackupGate.of(target);
      Manifest taken = taken(connection, gate, "", name, "", m -> keep(work, m));
      if (!verify) {
        return taken;
      }
      Checked checked = verified(connection, taken);
      if (!checked.why().isEmpty()) {
        throw problem("the backup " + taken.id() + " is not whole: " + checked.why(), null);
      }
      keep(work, checked.manifest());
      return checked.manifest();
    } catch (IOException | SQLException e) {
      throw failed(e);
    }
  }

  /**
   * Restores a command's backup into a database beside, by the command of the worker's file.
   *
   * @param database that the command fills; its argument {@code $database}
   */
  public void restoreByCommand(Manifest manifest, String database) {
    try {
      ways(ClientTool.NAME)
          .command()
          .orElseThrow(() -> problem("the worker's file has no commands for its backups", null))
          .restore(manifest, database);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * A manifest after a look.
   *
   * @param why it is not relied on; empty where it is
   */
  private record Checked(Manifest manifest, String why) {}

  private Checked checked(Fence fence, Manifest manifest, BackupRule rule)
      throws IOException, SQLException {
    if (rule.how() != BackupRule.How.VERIFIED || manifest.verifiedAt().isPresent()) {
      return new Checked(manifest, damage(fence.connection(), manifest));
    }
    return verified(fence, manifest);
  }

  private Checked verified(Fence fence, Manifest manifest) throws IOException, SQLException {
    Checked checked = verified(fence.connection(), manifest);
    if (checked.why().isEmpty()) {
      keep(fence, checked.manifest());
    }
    return checked;
  }

  private Checked verified(Connection connection, Manifest manifest)
      throws IOException, SQLException {
    long began = System.nanoTime();
    running.beat("verifies " + manifest.id());
    Optional<Way> way = ways(ClientTool.NAME).of(manifest);
    if (way.isEmpty()) {
      return new Checked(
          manifest,
          "the worker's file does not tell how a backup by " + manifest.how() + " is read");
    }
    try {
      String damage = way.get().damage(connection, manifest);
      if (!damage.isEmpty()) {
        return new Checked(manifest, damage);
      }
      Way.Compared compared = way.get().verify(connection, manifest);
      double seconds = (System.nanoTime() - began) / 1e9;
      return compared.difference().isEmpty()
          ? new Checked(
              manifest.verified(new TargetLedger(target).now(), seconds, compared.tables()), "")
          : new Checked(manifest, compared.difference());
    } catch (ToolFailedException e) {
      return new Checked(manifest, String.valueOf(e.getMessage()));
    }
  }

  private String damage(Connection connection, Manifest manifest) throws SQLException {
    Optional<Way> way = ways(ClientTool.NAME).of(manifest);
    if (way.isEmpty()) {
      return "the worker's file does not tell how a backup by " + manifest.how() + " is read";
    }
    try {
      return way.get().damage(connection, manifest);
    } catch (IOException e) {
      return "it cannot be read: " + e.getClass().getSimpleName();
    }
  }

  private static String tooLong(Manifest manifest, BackupRule rule) {
    return rule.within().filter(most -> isLonger(manifest, most)).isPresent()
        ? "it took longer than it may"
        : "";
  }

  /** Whether taking it, and verifying it where it was, took longer. */
  public static boolean isLonger(Manifest manifest, Duration than) {
    return manifest.allSeconds() > than.toNanos() / 1e9;
  }

  /** What the ledger does not know does not count: it is told first. */
  private void keep(Fence fence, Manifest manifest) throws IOException, SQLException {
    BackupLedger.add(fence, manifest.promotion(), manifest.id(), manifest.digest().orElseThrow());
    store.write(manifest);
  }

  private void keep(Work work, Manifest manifest) throws IOException, SQLException {
    try (Fence fence = Fence.open(target, work, running)) {
      keep(fence, manifest);
    }
  }

  /** Writes a manifest down. */
  private interface Keeping {
    void of(Manifest manifest) throws IOException, SQLException;
  }

  private Manifest taken(
      Connection connection,
      BackupGate gate,
      String promotion,
      String name,
      String change,
      Keeping keeping)
      throws IOException, SQLException {
    Connected connected = new TargetLedger(target).connected();
    refuseOldTools(connected);
    Optional<Manifest> last = newestFirst(gate, any -> true).stream().findFirst();
    try (BackupStore.Reserved reserved = store.reserve(name(name, gate.now(), promotion, change))) {
      Way way = ways(promotion.isEmpty() ? REGULAR : ClientTool.NAME).now();
      Manifest taken =
          way.take(
                  connection,
                  new Way.Wanted(
                      reserved.id(),
                      promotion,
                      environment,
                      gate.identity(),
                      connected.database(),
                      connected.databaseSize(),
                      gate.now(),
                      DumpCourse.expected(
                          last.filter(m -> m.how().equals(way.how())), connected.databaseSize())))
              .sealed();
      keeping.of(taken);
      return taken;
    }
  }

  private String name(String pattern, Instant now, String promotion, String change) {
    Map<String, String> values = new HashMap<>();
    values.put("date", now.atZone(ZoneOffset.UTC).toLocalDate().toString());
    values.put("time", DateTimeFormatter.ofPattern("HHmmss").format(now.atZone(ZoneOffset.UTC)));
    values.put("environment", environment);
    values.put("target", target.settings().name());
    values.put("change", change);
    values.put("promotion", promotion);
    return BackupName.fill(pattern, values);
  }

  private void refuseOldTools(Connected connected) {
    if (settings.kind() != Kind.PG_DUMP) {
      return;
    }
    int server = (int) connected.number();
    Optional<Integer> version = ClientTool.majorVersion("pg_dump");
    if (version.filter(v -> v >= server).isEmpty()) {
      throw problem(
          "pg_dump "
              + version.map(String::valueOf).orElse("is not installed")
              + " cannot back up a server of version "
              + server,
          null);
    }
  }

  /** A worker that died leaves its pg_dump behind, with locks that others wait for. */
  private static void endLostTools(Connection connection) throws SQLException {
    Statements.list(
        connection,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND usename = current_user AND application_name = '"
            + ClientTool.NAME
            + "'");
  }

  /** What the worker's command finds is written down, as far as nobody has it yet. */
  private void adopt(Fence fence, BackupGate gate, BackupRule rule, List<String> refused)
      throws IOException, SQLException {
    Optional<CommandWay> way = ways(ClientTool.NAME).command();
    if (way.isEmpty() || rule.from().isPresent()) {
      return;
    }
    String database = new TargetLedger(target).connected().database();
    try (BackupStore.Reserved reserved =
        store.reserve(name(BackupName.USUAL, gate.now(), "", ""))) {
      Optional<Manifest> found =
          way.get()
              .find(
                  new Way.Wanted(
                      reserved.id(), "", environment, gate.identity(), database, 0, gate.now(), 0));
      boolean known =
          newestFirst(gate, any -> true).stream()
              .anyMatch(m -> found.filter(f -> f.file().equals(m.file())).isPresent());
      if (found.isPresent() && !known) {
        keep(fence, found.get().sealed());
      }
    } catch (ToolFailedException e) {
      refused.add(e.doing() + ": " + e.words());
    }
  }

  /** Manifests of this database that say something. */
  private List<Manifest> newestFirst(BackupGate gate, Predicate<String> promotion)
      throws IOException {
    return store.manifests().stream()
        .filter(gate::isOfThisDatabase)
        .filter(manifest -> promotion.test(manifest.promotion()))
        .sorted(Comparator.comparing(Manifest::takenAt).reversed())
        .toList();
  }

  private List<String> broken() throws IOException {
    return store.manifestFiles().stream()
        .filter(file -> file instanceof ManifestFile.Broken)
        .map(file -> (ManifestFile.Broken) file)
        .map(file -> ClientTool.plain(file.name()) + ": " + file.why())
        .toList();
  }

  private Ways ways(String applicationName) {
    return new Ways(
        target,
        environment,
        settings,
        store,
        running,
        new ClientTool(target, running, applicationName));
  }

  private LockkeeperException failed(Exception e) {
    if (e instanceof ToolFailedException tool) {
      return problem(tool.doing(), tool.words(), e);
    }
    return problem(e instanceof SQLException sql ? SqlFailures.text(sql) : e.toString(), e);
  }

  private LockkeeperException problem(String found, @Nullable Exception cause) {
    return problem("backing up " + target.title(), found, cause);
  }

  private static LockkeeperException problem(
      String tried, String found, @Nullable Exception cause) {
    return new LockkeeperException(
        FailureCode.BACKUP_FAILED,
        tried,
        found,
        "there is no new backup, and nothing was changed",
        "Mend the cause, then retry the step",
        cause);
  }
}
