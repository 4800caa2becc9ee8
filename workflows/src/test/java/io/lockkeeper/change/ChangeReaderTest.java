package io.lockkeeper.change;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockkeeper.change.BackupRule.How;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.EnvironmentPlan.OnFailure;
import io.lockkeeper.change.Probe.Operation;
import io.lockkeeper.change.SectionRules.Existing;
import io.lockkeeper.change.SectionRules.Resume;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger.Then;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

@Order(1)
class ChangeReaderTest {
  private static final String SHORTEST =
      """
      change: one-index
      why: One index for the screener
      through: [dev]
      """;

  private static final String[] FILES = {
    "sql/10_stocks.sql",
    "CREATE INDEX CONCURRENTLY idx_stocks_sector ON stocks (sector);",
    "sql/20_positions.sql",
    "DELETE FROM positions;",
    "sql/20_positions.down.sql",
    "INSERT INTO positions SELECT * FROM kept;",
    "checks/rows.sql",
    "SELECT count(*) FROM stocks"
  };

  static String resource(String name) throws IOException {
    try (InputStream in = ChangeReaderTest.class.getResourceAsStream("/" + name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static Bundle bundle(String change) {
    return Bundles.of(change, FILES[0], FILES[1]);
  }

  private static Limit limit(String text) {
    return Limit.parse(text);
  }

  @Test
  void shortestChange_isExpandedWithEveryDefault() {
    Change change = bundle(SHORTEST).change();

    assertThat(Json.tree(change))
        .isEqualTo(
            Json.read(
                """
                {
                  "name": "one-index",
                  "why": "One index for the screener",
                  "risk": "MEDIUM",
                  "engine": "POSTGRESQL",
                  "labels": {},
                  "probes": [],
                  "checks": [],
                  "through": [
                    {
                      "environment": "dev",
                      "sections": [
                        {
                          "file": "sql/10_stocks.sql",
                          "name": "10_stocks",
                          "loses_data": false,
                          "rules": {
                            "guard": [
                              {"limit": "locks.caused_wait < 500ms", "then": "BY_CAUSE"},
                              {"limit": "locks.blocked_by_us < 3", "then": "BY_CAUSE"},
                              {"limit": "locks.waiting <= 10", "then": "BY_CAUSE"},
                              {"limit": "replication.lag < 10s", "then": "BY_CAUSE"}
                            ],
                            "health": ["sessions.active < 30", "locks.waiting <= 10"],
                            "checks": [],
                            "pace": "PT0S",
                            "batches": false,
                            "existing": "STOP",
                            "keep": false,
                            "resume": "AUTO"
                          }
                        }
                      ],
                      "precheck": [],
                      "backup": "NONE",
                      "settings": {},
                      "soak": [],
                      "watch": [],
                      "rollback_if": [],
                      "on_failure": "PAUSE",
                      "leaves": [],
                      "requires": []
                    }
                  ],
                  "next": []
                }
                """,
                JsonNode.class));
  }

  @Test
  void shortestProbesAndChecks_areExpandedWithEveryDefault() {
    Change change =
        bundle(
                SHORTEST
                    + """
                    probes:
                      by_sector: SELECT 1
                    checks:
                      page: { http: $app/page }
                    """)
            .change();

    assertThat(change.probes())
        .containsExactly(
            new Probe(
                "by_sector",
                new Probe.Sql("SELECT 1"),
                Map.of(),
                Session.OURS,
                List.of(),
                10_000,
                Duration.ofMillis(1),
                30,
                5,
                true,
                List.of(),
                List.of()));
    assertThat(change.checks())
        .containsExactly(
            new Check(
                "page",
                new Check.Http("$app/page"),
                List.of(),
                false,
                Set.of(Moment.AFTER),
                false,
                Then.PAUSE,
                Session.OURS,
                List.of()));
  }

  @Test
  void expandedForm_holdsNothingThatCannotBeWritten() throws IOException {
    JsonNode change = Json.tree(Bundles.of(resource("every-key.yaml"), FILES).change());

    assertThat(change.at("/probes/2").fieldNames())
        .toIterable()
        .containsExactly(
            "core",
            "expect",
            "min_rows",
            "name",
            "noise",
            "only",
            "runs",
            "session",
            "source",
            "uses",
            "warm_up",
            "with");
    assertThat(change.at("/checks/2").fieldNames())
        .toIterable()
        .containsExactly(
            "expect", "name", "only", "record", "session", "source", "then", "unchanged", "when");
    assertThat(change.at("/checks/2/when").toString()).isEqualTo("[\"AFTER\",\"SOAK\",\"WATCH\"]");
  }

  @Test
  void everyKeyThatIsSupported_isRead() throws IOException {
    Change change = Bundles.of(resource("every-key.yaml"), FILES).change();

    assertThat(change.name()).isEqualTo("every-key");
    assertThat(change.why()).isEqualTo("Every key that this version reads");
    assertThat(change.risk()).isEqualTo(Change.Risk.HIGH);
    assertThat(change.labels()).isEqualTo(Map.of("plan", "7/11", "team", "data"));
    assertThat(change.probes()).isEqualTo(probesOfEveryKey());
    assertThat(change.checks()).isEqualTo(checksOfEveryKey());
    assertThat(change.through()).isEqualTo(List.of(dev(), staging(), production()));
    assertThat(change.next())
        .containsExactly(
            new Change.Next("more-indexes", "when the table is small"),
            new Change.Next("other-indexes", ""));
  }

  private static List<Probe> probesOfEveryKey() {
    return List.of(
        probe("short", new Probe.Sql("SELECT 1"), List.of(), List.of()),
        probe("of_file", new Probe.Sql("SELECT count(*) FROM stocks"), List.of(), List.of()),
        new Probe(
            "full",
            new Probe.Sql(
                "SELECT * FROM positions WHERE user_id = :user AND status = :status",
                Optional.of("SELECT * FROM positions WHERE user_id = :user")),
            Map.of(
                "user",
                new Probe.Query("SELECT min(user_id) FROM positions"),
                "status",
                new Probe.Value("open")),
            new Session(
                Optional.of("app_user"),
                Map.of(
                    "app.user_id",
                    new Probe.Query("SELECT min(user_id) FROM positions"),
                    "app.tenant",
                    new Probe.Value("north"))),
            List.of("idx_positions_user", "idx_positions_status"),
            500,
            Duration.ofMillis(2),
            10,
            0,
            false,
            List.of(limit("p50 < baseline - 20%"), limit("p95 < 1s"), limit("rows > 0")),
            List.of("staging", "production")),
        probe(
            "page", new Probe.Http("$app/page"), List.of("idx_one"), List.of(limit("p95 < 500ms"))),
        derived(
            "overhead",
            Operation.MINUS,
            "short",
            Duration.ofMillis(5),
            limit("p50 < 2ms"),
            List.of()),
        derived(
            "share",
            Operation.OVER,
            "of_file",
            Duration.ofMillis(1),
            limit("p95 < 150%"),
            List.of("production")));
  }

  private static Probe derived(
      String name,
      Operation operation,
      String by,
      Duration noise,
      Limit expect,
      List<String> only) {
    return new Probe(
        name,
        new Probe.Derived("page", operation, by),
        Map.of(),
        Session.OURS,
        List.of(),
        0,
        noise,
        1,
        0,
        false,
        List.of(expect),
        only);
  }

  private static Probe probe(
      String name, Probe.Source source, List<String> uses, List<Limit> expect) {
    return new Probe(
        name,
        source,
        Map.of(),
        Session.OURS,
        uses,
        10_000,
        Duration.ofMillis(1),
        30,
        5,
        true,
        expect,
        List.of());
  }

  private static List<Check> checksOfEveryKey() {
    return List.of(
        new Check(
            "rows",
            new Check.Sql("SELECT count(*) FROM stocks"),
            List.of(limit("rows = 1"), limit("value >= 5")),
            false,
            Set.of(Moment.BEFORE),
            true,
            Then.PAUSE,
            Session.OURS,
            List.of()),
        new Check(
            "same",
            new Check.Sql("SELECT count(*) FROM stocks"),
            List.of(),
            true,
            Set.of(Moment.AFTER),
            false,
            Then.NOTE,
            Session.OURS,
            List.of()),
        new Check(
            "dashboard",
            new Check.Http("$app/dashboard"),
            List.of(limit("status = 200"), limit("body = ready")),
            false,
            Set.of(Moment.AFTER, Moment.SOAK, Moment.WATCH),
            false,
            Then.PAUSE,
            Session.OURS,
            List.of()),
        new Check(
            "lost",
            new Check.Kept(List.of("stocks", "positions")),
            List.of(),
            false,
            Set.of(Moment.AFTER, Moment.ROLLED_BACK),
            false,
            Then.PAUSE,
            Session.OURS,
            List.of()),
        new Check(
            "outsider",
            new Check.Sql("SELECT count(*) FROM stocks"),
            List.of(limit("value = 0")),
            false,
            Set.of(Moment.AFTER),
            false,
            Then.PAUSE,
            new Session(Optional.of("app_user"), Map.of("app.user_id", new Probe.Value("none"))),
            List.of("dev")),
        new Check(
            "app_errors",
            new Check.Log("app", "ERROR|FATAL"),
            List.of(),
            false,
            Set.of(Moment.ROLLED_BACK),
            false,
            Then.ROLLBACK,
            Session.OURS,
            List.of()));
  }

  /** What stands at the top holds where an environment says nothing. */
  private static EnvironmentPlan dev() {
    return plan(
        "dev",
        List.of(
            new Section(
                "sql/10_stocks.sql",
                "10_stocks",
                false,
                Optional.empty(),
                rules(guard("300ms"), List.of(limit("sessions.active < 50")))),
            new Section(
                "sql/20_positions.sql",
                "positions",
                true,
                Optional.of("sql/20_positions.down.sql"),
                new SectionRules(
                    with(
                        without(guard("300ms"), "locks.blocked_by_us"),
                        rule("locks.blocked_by_us < 2", GuardRule.Then.BY_CAUSE),
                        rule("deadlocks < 1", GuardRule.Then.CANCEL)),
                    List.of(limit("sessions.active < 50"), limit("sessions.total < 100")),
                    List.of("rows", "dashboard"),
                    Optional.of(Duration.ofMinutes(30)),
                    Optional.of(Duration.ofSeconds(5)),
                    Duration.ofMillis(200),
                    true,
                    Existing.ADOPT,
                    false,
                    Resume.PERSON,
                    Optional.of(Duration.ofMinutes(5))))),
        List.of("stocks.sector", "keep.note"));
  }

  /** A mapping of sections gives options to those of the top, and leaves them in their order. */
  private static EnvironmentPlan production() {
    List<Limit> health = List.of(limit("sessions.active < 50"), limit("locks.waiting < 20"));
    return plan(
        "production",
        List.of(
            new Section(
                "sql/10_stocks.sql",
                "10_stocks",
                false,
                Optional.empty(),
                new SectionRules(
                    guard("300ms"),
                    health,
                    List.of(),
                    Optional.empty(),
                    Optional.of(Duration.ofHours(1)),
                    Duration.ZERO,
                    false,
                    Existing.STOP,
                    false,
                    Resume.PERSON,
                    Optional.of(Duration.ofMinutes(10)))),
            new Section(
                "sql/20_positions.sql",
                "positions",
                true,
                Optional.empty(),
                new SectionRules(
                    with(
                        without(guard("300ms"), "locks.blocked_by_us"),
                        rule("locks.blocked_by_us < 2", GuardRule.Then.BY_CAUSE)),
                    with(health, limit("sessions.total < 100")),
                    List.of("rows", "dashboard"),
                    Optional.of(Duration.ofMinutes(30)),
                    Optional.of(Duration.ofSeconds(5)),
                    Duration.ofSeconds(1),
                    false,
                    Existing.ADOPT,
                    true,
                    Resume.PERSON,
                    Optional.of(Duration.ofMinutes(10))))),
        List.of("idx_stocks_sector"));
  }

  private static EnvironmentPlan plan(String name, List<Section> sections, List<String> leaves) {
    return new EnvironmentPlan(
        name,
        Optional.of("orders"),
        Optional.of(false),
        sections,
        List.of(
            new Precheck.OfLimit(limit("postgresql >= 12"), Duration.ofMinutes(10)),
            new Precheck.OfCheck("rows", Duration.ofMinutes(10))),
        BackupRule.of(How.TAKEN),
        Map.of("maintenance_work_mem", "1GB", "lock.timeout", "5s"),
        Optional.of(new SignOffRule(List.of("dba", "release-manager"), Duration.ofHours(72))),
        List.of(milestone(Duration.ofHours(24))),
        List.of(milestone(Duration.ofHours(2)), milestone(Duration.ofHours(24))),
        triggersAtTheTop(),
        OnFailure.ROLLBACK,
        Optional.of(Duration.ofMinutes(10)),
        leaves,
        Optional.of("the rows are not kept"),
        List.of("kept-positions", "screener-index"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The environment wins; settings merge by name, limits by metric, and triggers add. */
  private static EnvironmentPlan staging() {
    List<TriggerRule> triggers = new ArrayList<>(triggersAtTheTop());
    triggers.add(rule("http.dashboard.p95 > baseline + 20%", Then.ROLLBACK));
    return new EnvironmentPlan(
        "staging",
        Optional.of("orders_copy"),
        Optional.of(true),
        List.of(
            new Section(
                "sql/10_stocks.sql",
                "10_stocks",
                false,
                Optional.empty(),
                new SectionRules(
                    without(guard("300ms"), "locks.caused_wait"),
                    List.of(limit("sessions.active < 50")),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Duration.ZERO,
                    false,
                    Existing.STOP,
                    false,
                    Resume.AUTO,
                    Optional.empty()))),
        List.of(
            new Precheck.OfLimit(limit("postgresql >= 12"), Duration.ofMinutes(10)),
            new Precheck.OfCheck("rows", Duration.ofMinutes(10)),
            new Precheck.OfLimit(limit("backup.age < 24h"), Duration.ofMinutes(1))),
        BackupRule.of(How.VERIFIED),
        Map.of("maintenance_work_mem", "2GB", "lock.timeout", "5s", "work_mem", "64MB"),
        Optional.of(new SignOffRule(List.of("dba"), Duration.ofHours(4))),
        List.of(
            new Milestone(
                Duration.ofHours(12),
                Duration.ofSeconds(30),
                0.9,
                List.of(rule("probe.*.p95 > baseline * 2", Then.ROLLBACK)))),
        List.of(milestone(Duration.ofHours(1))),
        triggers,
        OnFailure.PAUSE,
        Optional.of(Duration.ofMinutes(5)),
        List.of("stocks.sector", "keep.note"),
        Optional.of("the rows are not kept"),
        List.of(),
        Optional.of(milestone(Duration.ofMinutes(30))),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Of the top: those that are usual, and after them those that it writes. */
  private static List<GuardRule> guard(String causedWait) {
    return with(
        without(SectionRules.USUAL.guard(), "locks.caused_wait"),
        rule("locks.caused_wait < " + causedWait, GuardRule.Then.BY_CAUSE),
        rule("transactions.oldest < 5m for 30s", GuardRule.Then.NOTE),
        rule("database.size < 1TB", GuardRule.Then.PAUSE));
  }

  private static SectionRules rules(List<GuardRule> guard, List<Limit> health) {
    return new SectionRules(
        guard,
        health,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        false,
        Existing.STOP,
        false,
        Resume.PERSON,
        Optional.of(Duration.ofMinutes(5)));
  }

  private static List<GuardRule> without(List<GuardRule> rules, String metric) {
    return rules.stream().filter(rule -> !rule.limit().metric().equals(metric)).toList();
  }

  @SafeVarargs
  private static <T> List<T> with(List<T> some, T... more) {
    List<T> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }

  private static GuardRule rule(String limit, GuardRule.Then then) {
    return new GuardRule(limit(limit), then);
  }

  private static Milestone milestone(Duration lasts) {
    return new Milestone(lasts, Duration.ofSeconds(10), 0.8, List.of());
  }

  private static List<TriggerRule> triggersAtTheTop() {
    return List.of(
        rule("deadlocks > 0", Then.ROLLBACK),
        new TriggerRule(
            limit("locks.waiting > 5 for 30s"), Then.PAUSE, Duration.ofHours(1), "people wait"),
        rule("database.size > baseline + 1GB for 5m", Then.NOTE),
        rule("sessions.total < 1", Then.ROLLBACK));
  }

  private static TriggerRule rule(String limit, Then then) {
    return new TriggerRule(limit(limit), then, Duration.ZERO, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# a comment\nchange: one-index\nwhy: One index for the screener\nthrough: [dev]\n",
        "through: [dev]\nwhy: One index for the screener\nchange: one-index\n",
        "{change: one-index, why: 'One index for the screener', through: [dev]}",
        "change: \"one-index\"\nwhy: >-\n  One index\n  for the screener\nthrough:\n  - dev:\n",
        "change: one-index\nwhy: One index for the screener\nthrough: [dev]\nrisk: medium\n"
            + "sections: sql/*.sql\n",
      })
  void otherWordsForTheSame_haveTheSameHash(String change) {
    assertThat(bundle(change).hash()).isEqualTo(bundle(SHORTEST).hash());
  }

  @Test
  void orderOfKeysOfAProbe_doesNotChangeTheHash() {
    String one = SHORTEST + "probes: {a: {sql: SELECT 1, runs: 5, noise: 2ms}}\n";
    String other = SHORTEST + "probes: {a: {noise: 2ms, runs: 5, sql: SELECT 1}}\n";

    assertThat(bundle(one).hash()).isEqualTo(bundle(other).hash());
  }

  @Test
  void oneByteOfAFile_changesTheHash() {
    String hash = bundle(SHORTEST).hash();

    assertThat(Bundles.of(SHORTEST, FILES[0], FILES[1] + " ").hash()).isNotEqualTo(hash);
    assertThat(Bundles.of(SHORTEST, FILES[0], FILES[1], "docs/a.md", "").hash()).isNotEqualTo(hash);
    assertThat(Bundles.of(SHORTEST, "sql/11_stocks.sql", FILES[1]).hash()).isNotEqualTo(hash);
    assertThat(bundle(SHORTEST.replace("One index", "An index")).hash()).isNotEqualTo(hash);
  }

  /** Written down, so that another process or another version that differs is noticed. */
  @Test
  void hash_isTheSameInEveryProcess() throws IOException {
    Bundle bundle = Bundles.of(resource("every-key.yaml"), FILES);

    assertThat(bundle.hash())
        .isEqualTo("3127eaccc605a115faeeffbb73ac792b7ab44eacfac460864fef5b647a94f4ec");
  }

  @Test
  void changeWithoutFollowUps_hasTheHashOfEarlierVersions() throws IOException {
    String written = resource("every-key.yaml");
    String without =
        written.substring(0, written.indexOf("follow_up:"))
            + written.substring(written.indexOf("through:"));

    assertThat(Bundles.of(without, FILES).hash())
        .isEqualTo("663d6e59605849f9ca4914dd8a154054af9cac6b2075b7c6a2a1e48717c49789");
  }

  @Test
  void sectionOfTheFirstVersion_hasTheUsualRules() {
    String written = "{\"file\": \"sql/1.sql\", \"name\": \"1\", \"loses_data\": true}";

    assertThat(Json.read(written, Section.class))
        .isEqualTo(new Section("sql/1.sql", "1", true, Optional.empty(), SectionRules.USUAL));
  }

  @Test
  void canonicalBundle_readsBackAsItself() throws IOException {
    Bundle bundle = Bundles.of(resource("every-key.yaml"), FILES);

    Bundle read = Bundle.parse(bundle.canonical());

    assertThat(read.hash()).isEqualTo(bundle.hash());
    assertThat(read.change()).isEqualTo(bundle.change());
    assertThat(read.files().keySet()).isEqualTo(bundle.files().keySet());
    assertThat(read.text("checks/rows.sql")).isEqualTo("SELECT count(*) FROM stocks");
    assertThat(Bundle.of(read.change(), read.files()).hash()).isEqualTo(bundle.hash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "risk: hgih | 4:7: error unknown-value: risk: \"hgih\" is not one of low, medium, high"
            + " (did you mean \"high\"?)",
        "engine: sqlite | 4:9: error not-supported-yet: engine: engine sqlite is not supported"
            + " yet: leave it out",
        "engine: oracle | 4:9: error unknown-value: engine: \"oracle\" is not one of postgresql",
        "backup: always | 4:9: error unknown-value: backup: \"always\" is not one of none, taken,"
            + " verified, latest",
        "on_failure: stop | 4:13: error unknown-value: on_failure: \"stop\" is not one of pause,"
            + " rollback",
        "soak: forever | 4:7: error not-a-duration: soak: \"forever\" is not a duration: write a"
            + " number with ms, s, m, h or d, such as 24h",
        "soak: 100ms | 4:7: error not-a-duration: soak: \"100ms\" is shorter than a second",
        "watch: [2h, 1h] | 4:13: error milestone-order: watch[1]: each milestone ends later than"
            + " the one before",
        "soak: {for: 1h, sample: 10m} | 4:25: error not-a-duration: soak.sample: a sample every"
            + " 1s to 5m, not \"10m\"",
        "soak: {for: 1h, min_samples: 120%} | 4:30: error not-a-share: soak.min_samples: \"120%\""
            + " is not a share such as 80%",
        "soak: {sample: 10s} | 4:7: error missing-key: soak: the key \"for\" is missing",
        "sign_off: [] | 4:11: error sign-off-roles: sign_off: name each role once, and at least"
            + " one",
        "sign_off: [dba, dba] | 4:11: error sign-off-roles: sign_off: name each role once, and at"
            + " least one",
        "sign_off: [D B A] | 4:11: error odd-name: sign_off: \"D B A\" is not a role's name",
        "precheck: [rowz] | 4:12: error bad-limit: precheck[0]: \"rowz\" is neither a limit nor a"
            + " check of this change",
        "precheck: [database.size < baseline] | 4:12: error bad-limit: precheck[0]: \"database.size <"
            + " baseline\": there is no baseline before the change: write a number, or the limit"
            + " under rollback_if",
        "precheck: [sessions.active < 5 for 60s] | 4:12: error bad-limit: precheck[0]:"
            + " \"sessions.active < 5 for 60s\": \"for\" needs several readings and here is one:"
            + " leave it out",
        "precheck: [database.size > +1GB in 1h] | 4:12: error bad-limit: precheck[0]:"
            + " \"database.size > +1GB in 1h\": growth needs several readings and here is one: write"
            + " a number",
        "precheck: [backup.age = off] | 4:12: error nothing-to-drop: precheck[0]: it drops the"
            + " limit on backup.age from above, and there is none: leave it out",
        "precheck: [backup.ago = off] | 4:12: error bad-limit: precheck[0]: unknown metric"
            + " \"backup.ago\" (did you mean \"backup.age\"?)",
        "precheck: [{wait: 1m}] | 4:12: error missing-key: precheck[0]: the key \"limit\" is"
            + " missing",
        "measures: {settings: {a b: 5}} | 4:28: error odd-name: measures.settings.a b: \"a b\" is"
            + " not a setting",
        "rollback_if: [deadlocks] | 4:15: error bad-limit: rollback_if[0]: \"deadlocks\" is not a"
            + " limit: write METRIC OPERATOR LIMIT, such as deadlocks > 0",
        "rollback_if: [probe.x.p95 > 5ms] | 4:15: error bad-limit: rollback_if[0]:"
            + " \"probe.x.p95\": no probe of that name",
        "rollback_if: [check.app.failed > 0] | 4:15: error bad-limit: rollback_if[0]: unknown metric"
            + " \"check.app.failed\": a check triggers by itself, write its \"when: [soak, watch]\""
            + " and its \"then: rollback\"",
        "rollback_if: [{then: pause}] | 4:15: error missing-key: rollback_if[0]: a trigger has"
            + " if, or metric with one of above and below",
        "rollback_if: [{metric: deadlocks, above: 1, below: 2}] | 4:15: error missing-key:"
            + " rollback_if[0]: a trigger has if, or metric with one of above and below",
        "rollback_if: [{above: 1}] | 4:15: error missing-key: rollback_if[0]: the key \"metric\""
            + " is missing",
        "rollback_if: [{if: deadlocks > 0, for: 10m}] | 4:40: error misplaced-key:"
            + " rollback_if[0].for: it stands instead of if: write it into the line of if",
        "rollback_if: [{if: deadlocks > 0, then: explode}] | 4:41: error unknown-value:"
            + " rollback_if[0].then: \"explode\" is not one of rollback, quick, pause, note",
        "sections: sql/30*.sql | 4:11: error missing-file: sections: the bundle has no file"
            + " sql/30*.sql",
        "sections: [sql/10_stock.sql] | 4:12: error missing-file: sections[0]: the bundle has no"
            + " file sql/10_stock.sql (did you mean \"sql/10_stocks.sql\"?)",
        "sections: 'sql/[' | 4:11: error bad-glob: sections: \"sql/[\" is not a glob: Missing ']",
        "sections: [{name: a}] | 4:12: error missing-key: sections[0]: the key \"file\" is"
            + " missing",
        "sections: [{file: docs/a.md}] | 4:19: error not-sql: sections[0].file: \"docs/a.md\": a"
            + " section is a file that ends in .sql",
        "sections: [{file: sql/1.sql}] | 4:19: error missing-file: sections[0].file: the bundle"
            + " has no file sql/1.sql",
        "sections: [sql/*.sql, sql/10_stocks.sql] | 4:11: error duplicate-name: sections: two"
            + " sections are called \"10_stocks\"",
        "sections: [{file: sql/10_stocks.sql, name: analyze-touched-tables}] | 4:11: error"
            + " reserved-name: sections: \"analyze-touched-tables\" is the section that is added by"
            + " itself: rename sql/10_stocks.sql, or give it another name",
        "labels: [a] | 4:9: error wrong-shape: labels: expected a mapping, found a list",
        "probes: {'a b': SELECT 1} | 4:17: error odd-name: probes.a b: \"a b\" is not a name:"
            + " letters, digits, _ and - only",
        "probes: {a: {}} | 4:13: error missing-key: probes.a: a probe has one of sql and http",
        "probes: {a: {sql: SELECT 1, http: /}} | 4:13: error missing-key: probes.a: a probe has"
            + " one of sql and http",
        "probes: {a: {sql: SELECT 1, runs: 0}} | 4:35: error out-of-range: probes.a.runs: between"
            + " 1 and 1000 runs",
        "probes: {a: \"SELECT 'x\"} | 4:13: error unterminated: probes.a: line 1 of the query:"
            + " this string does not end: close it",
        "probes: {a: SELECT 1; SELECT 2} | 4:13: error several-statements: probes.a: line 1 of the"
            + " query: a second statement begins here: write one query",
        "probes: {a: {sql: SELECT :x, with: {x: {sql: DELETE FROM t}}}} | 4:46: error not-a-query:"
            + " probes.a.with.x.sql: line 1 of the query: \"DELETE\" does not begin a query that only"
            + " reads: write a SELECT",
        "checks: {a: {sql: \"SELECT 'x\"}} | 4:19: error unterminated: checks.a.sql: line 1 of the"
            + " query: this string does not end: close it",
        "checks: {a: {sql: UPDATE t SET a = 1}} | 4:19: error not-a-query: checks.a.sql: line 1 of"
            + " the query: \"UPDATE\" does not begin a query that only reads: write a SELECT",
        "probes: {a: SELECT :x} | 4:13: error missing-parameter: probes.a: the query needs :x:"
            + " give it under with",
        "probes: {a: {sql: SELECT 1, with: {x: 1}}} | 4:19: error unused-parameter: probes.a.sql:"
            + " the query has no :x",
        "probes: {a: checks/none.sql} | 4:13: error missing-file: probes.a: the bundle has no file"
            + " checks/none.sql",
        "probes: {a: {sql: SELECT 1, expect: status = 200}} | 4:37: error bad-limit:"
            + " probes.a.expect: \"status\" is not measured here; write p50, p95, rows",
        "probes: {a: {sql: SELECT 1, expect: [p50 < 1s, p95 < 5ms for 60s]}} | 4:48: error"
            + " bad-limit: probes.a.expect[1]: \"p95 < 5ms for 60s\": \"for\" needs several readings"
            + " and here is one: leave it out",
        "probes: {a: {sql: SELECT 1, expect: rows > +3 in 10m}} | 4:37: error bad-limit:"
            + " probes.a.expect: \"rows > +3 in 10m\": growth needs several readings and here is"
            + " one: write a number",
        "checks: {a: {sql: SELECT 1, expect: value > 5 for 5m}} | 4:37: error bad-limit:"
            + " checks.a.expect: \"value > 5 for 5m\": \"for\" needs several readings and here is"
            + " one: leave it out",
        "checks: {a: {sql: SELECT 1, expect: value > +3 in 10m}} | 4:37: error bad-limit:"
            + " checks.a.expect: \"value > +3 in 10m\": growth needs several readings and here is"
            + " one: write a number",
        "checks: {a: {sql: SELECT 1, expect: value >= baseline}} | 4:37: error bad-limit:"
            + " checks.a.expect: \"value >= baseline\": there is no baseline of a check: write a"
            + " number or a text, or expect: unchanged",
        "checks: {a: {}} | 4:13: error missing-key: checks.a: a check has one of sql, http,"
            + " log and kept",
        "checks: {a: {log: app}} | 4:13: error missing-key: checks.a: the key \"match\" is"
            + " missing",
        "checks: {a: {log: app, match: '('}} | 4:31: error bad-expression: checks.a.match: \"(\""
            + " is not a regular expression: Unclosed group",
        "checks: {a: {http: /, match: x}} | 4:30: error unknown-key: checks.a.match: match belongs"
            + " to a log",
        "checks: {a: {http: /, when: [later]}} | 4:30: error unknown-value: checks.a.when[0]:"
            + " \"later\" is not one of before, after, soak, watch, rolled_back",
        "checks: {a: {http: /, expect: matches = 0}} | 4:31: error bad-limit: checks.a.expect:"
            + " \"matches\" is not measured here; write status, body",
        "sok: 24h | 4:1: error unknown-key: unknown key \"sok\" of a change (did you mean"
            + " \"soak\"?)",
        "change: other | 4:1: error duplicate-key: the key \"change\" stands here twice",
      })
  void mistake_isOneFindingAtItsPlace(String line, String expected) {
    assertThat(Bundles.findings(SHORTEST + line + "\n")).containsExactly("change.yaml:" + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 3:10: error missing-environment: through: name at least one environment",
        "dev | 3:10: error wrong-shape: through: expected a list, found a text",
        "[Dev] | 3:11: error odd-name: through[0]: \"Dev\" is not an environment's name",
        "[dev, dev] | 3:16: error duplicate-name: through[1]: \"dev\" stands here twice",
        "[dev, dev-soak] | 3:10: error reserved-name: through: \"dev-soak\" may be the name of a"
            + " stage: choose another name",
        "[dev-watch-2h, dev] | 3:10: error reserved-name: through: \"dev-watch-2h\" may be the"
            + " name of a stage: choose another name",
        "[dev, dev-sign-off] | 3:10: error reserved-name: through: \"dev-sign-off\" may be the"
            + " name of a stage: choose another name",
        "[follow-up] | 3:10: error reserved-name: through: \"follow-up\" may be the name of a"
            + " stage: choose another name",
        "[{dev: {}, staging: {}}] | 3:11: error wrong-shape: through[0]: expected an"
            + " environment's name, or NAME: {options}",
        "[{dev: 24h}] | 3:17: error wrong-shape: through[0].dev: expected a mapping, found a"
            + " text",
        "[{dev: {probes: {}}}] | 3:18: error unknown-key: through[0].dev: unknown key \"probes\""
            + " of an environment",
      })
  void mistakeInTheFlight_isOneFindingAtItsPlace(String through, String expected) {
    assertThat(Bundles.findings("change: one-index\nwhy: x\nthrough: " + through + "\n"))
        .containsExactly("change.yaml:" + expected);
  }

  /** In an environment a limit replaces the top's on the same metric, and {@code off} drops it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[backup.age < 24h] | postgresql >= 12, database.size < 1GB, rows, backup.age < 24h",
        "postgresql >= 14 | database.size < 1GB, rows, postgresql >= 14",
        "[database.size > 1MB, database.size < 2GB] | postgresql >= 12, rows, database.size > 1MB,"
            + " database.size < 2GB",
        "[{limit: rows, wait: 1m}] | postgresql >= 12, database.size < 1GB, rows 1m",
        "[postgresql = off] | database.size < 1GB, rows",
        "[postgresql=off, backup.age < 1h] | database.size < 1GB, rows, backup.age < 1h",
        "[] | postgresql >= 12, database.size < 1GB, rows",
      })
  void prechecksOfTheTopAndOfAnEnvironment_mergeByMetric(String written, String expected) {
    Change change =
        bundle(
                "change: one-index\nwhy: x\nthrough: [dev, {production: {precheck: "
                    + written
                    + "}}]\nchecks: {rows: {sql: SELECT 1}}\n"
                    + "precheck: [postgresql >= 12, database.size < 1GB, rows]\n")
            .change();

    assertThat(change.environment("dev").orElseThrow().precheck())
        .extracting(ChangeReaderTest::line)
        .containsExactly("postgresql >= 12", "database.size < 1GB", "rows");
    assertThat(
            change.environment("production").orElseThrow().precheck().stream()
                .map(ChangeReaderTest::line)
                .toList())
        .isEqualTo(List.of(expected.split(", ")));
  }

  private static String line(Precheck precheck) {
    String what =
        precheck instanceof Precheck.OfLimit limit
            ? limit.limit().text()
            : ((Precheck.OfCheck) precheck).check();
    return precheck.waits().equals(Duration.ofMinutes(1)) ? what + " 1m" : what;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab", "Abc", "1abc", "a_b", "-abc", "a b c"})
  void oddName_isRefused(String name) {
    assertThat(Bundles.findings("change: " + name + "\nwhy: x\nthrough: [dev]\n"))
        .containsExactly(
            "change.yaml:1:9: error change-name: change: \""
                + name
                + "\" is not a name: 3 to 63 of a-z, 0-9 and -, a letter first");
  }

  @Test
  void everyMistakeOfAFile_isToldAtOnce() {
    assertThat(Bundles.findings("change: x\nrisk: none\nsok: 1h\nthrough: [dev]\n"))
        .containsExactly(
            "change.yaml:1:1: error missing-key: the key \"why\" is missing",
            "change.yaml:1:9: error change-name: change: \"x\" is not a name: 3 to 63 of a-z, 0-9"
                + " and -, a letter first",
            "change.yaml:2:7: error unknown-value: risk: \"none\" is not one of low, medium,"
                + " high",
            "change.yaml:3:1: error unknown-key: unknown key \"sok\" of a change (did you mean"
                + " \"soak\"?)");
  }

  @Test
  void httpProbeAndHttpCheckOfOneName_areRefused() {
    String twins = "probes: {page: {http: /}}\nchecks: {page: {http: /}}\n";

    assertThat(Bundles.findings(SHORTEST + twins))
        .containsExactly(
            "change.yaml:5:9: error duplicate-name: checks: \"page\" is an http probe too: choose"
                + " another name");
  }

  @Test
  void filesOfOneNameInTwoFolders_areRefusedAsSections() {
    assertThat(
            Bundles.findings(
                SHORTEST + "sections: sql/**.sql\n",
                "sql/a/x.sql",
                FILES[1],
                "sql/b/x.sql",
                FILES[1]))
        .containsExactly(
            "change.yaml:4:11: error duplicate-name: sections: two sections are called \"x\"");
  }

  /** As it lies in the store of an installation that was made by the first version. */
  @Test
  void bundleOfTheFirstVersion_isReadWithDefaults() {
    String written =
        """
        {"change": {
          "name": "by_sector", "source": {"kind": "sql", "sql": "SELECT 1"}, "with": {},
          "uses": [], "min_rows": 10000, "noise": "PT0.001S", "runs": 30, "warm_up": 5,
          "core": true, "expect": ["p50 < baseline"]}}
        """;
    String check =
        """
        {"name": "page", "source": {"kind": "http", "url": "$app/page"}, "expect": [],
         "unchanged": false, "when": ["AFTER"], "record": false, "then": "PAUSE"}
        """;

    Probe probe =
        Json.read(Json.read(written, JsonNode.class).path("change").toString(), Probe.class);

    assertThat(probe)
        .isEqualTo(
            probe(
                "by_sector",
                new Probe.Sql("SELECT 1"),
                List.of(),
                List.of(limit("p50 < baseline"))));
    assertThat(Json.read(check, Check.class).session()).isEqualTo(Session.OURS);
    assertThat(Json.read(check, Check.class).isFor("dev")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: {http: /a, as: app_user} | a.as: misplaced-key only a query has a role and settings:"
            + " leave it",
        "a: {http: /a, before: SELECT 1} | a.before: misplaced-key only a query has another one"
            + " before the change: leave it",
        "a: {sql: SELECT 1, minus: b} | a.minus: misplaced-key it belongs to of: write {of: PROBE,"
            + " minus: PROBE}",
        "a: {sql: SELECT 1, set: {statement_timeout: 0}} | a.set.statement_timeout: odd-name"
            + " \"statement_timeout\" is not a custom setting: those have a dot, such as app.user_id",
        "a: {sql: SELECT 1, as: pg_monitor} | a.as: odd-name \"pg_monitor\" is not a role of people"
            + " or applications: name one",
        "a: {sql: SELECT 1, as: none} | a.as: odd-name \"none\" is not a role of people or"
            + " applications: name one",
        "a: {sql: 'SELECT :x', with: {x: 1}, before: 'SELECT :y'} | a.before: missing-parameter the"
            + " query needs :y: give it under with",
        "a: {sql: SELECT 1, only: [devv]} | a: unknown-environment the change does not go through"
            + " \"devv\" (did you mean \"dev\"?)",
        "a: {of: b, minus: c} | a: unknown-probe there is no probe \"c\" (did you"
            + " mean \"a\"?)",
        "a: {of: b} | a: missing-key a probe of two others has one of minus and over",
        "a: {of: b, minus: b, runs: 3} | a.runs: misplaced-key a probe of two others measures"
            + " nothing itself: leave it out",
        "a: {of: b, over: b, expect: p50 < 2ms} | a.expect: bad-limit \"2ms\" does not fit p50:"
            + " write a share such as 20%",
        "a: {of: d, minus: b} | a: unknown-probe \"d\" is made of two others itself: name probes"
            + " that are measured",
        "a: {of: p, minus: b} | a: only-elsewhere \"p\" is not taken in all environments of this"
            + " one: give both one only",
      })
  void probeThatSaysWhatItCannot_isRefused(String probe, String expected) {
    List<String> findings =
        Bundles.findings(
            "change: one-index\nwhy: x\nthrough: [dev, staging]\nprobes:\n"
                + "  b: SELECT 1\n  d: {of: b, minus: b}\n  p: {sql: SELECT 1, only: staging}\n  "
                + probe
                + "\n");

    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).replaceFirst("^\\S+ error (\\S+): probes\\.([^ :]+):", "$2: $1"))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kept: [stocks], expect: value = 0} | checks.a.expect: kept expects that no row is lost:"
            + " leave it out",
        "{kept: [stocks], when: watch} | checks.a.when: kept is looked at after, or rolled_back",
        "{kept: []} | checks.a.kept: name at least one table",
        "{log: app, match: E, set: {app.x: 1}} | checks.a.set: only a query has a role and"
            + " settings: leave it",
      })
  void checkThatSaysWhatItCannot_isRefused(String check, String expected) {
    assertThat(Bundles.findings(SHORTEST + "checks:\n  a: " + check + "\n"))
        .hasSize(1)
        .allMatch(finding -> finding.endsWith(expected));
  }

  @Test
  void precheckOfACheckThatIsNotMadeThere_isRefused() {
    assertThat(
            Bundles.findings(
                "change: one-index\nwhy: x\nthrough: [dev, staging]\nprecheck: [a]\n"
                    + "checks: {a: {sql: SELECT 1, only: staging}}\n"))
        .containsExactly(
            "change.yaml:5:13: error only-elsewhere: checks.a: a precheck of dev names it: let only"
                + " say so");
  }

  @Test
  void triggerOnARatio_isWrittenInShares() {
    String change =
        SHORTEST + "probes: {a: SELECT 1, b: SELECT 2, c: {of: a, over: b}}\nrollback_if: ";

    Bundle bundle = bundle(change + "probe.c.p50 > 150% for 60s\n");

    Limit limit =
        Bundle.parse(bundle.canonical()).change().through().get(0).rollbackIf().get(0).limit();
    assertThat(limit.dimension()).isEqualTo(Dimension.RATIO);
    assertThat(Bundles.findings(change + "probe.c.p50 > 2ms\n"))
        .containsExactly(
            "change.yaml:5:14: error bad-limit: rollback_if: \"2ms\" does not fit probe.c.p50: write"
                + " a share such as 20%");
  }

  @Test
  void fileNamedLikeTheSectionThatIsAdded_isRefused() {
    assertThat(Bundles.findings(SHORTEST, "sql/analyze-touched-tables.sql", FILES[1]))
        .containsExactly(
            "change.yaml:1:1: error reserved-name: \"analyze-touched-tables\" is the section that"
                + " is added by itself: rename sql/analyze-touched-tables.sql, or give it another"
                + " name");
  }

  @Test
  void environmentWhoseNameOnlyLooksLikeAStage_isAccepted() {
    assertThat(Bundles.findings("change: one-index\nwhy: x\nthrough: [dev, staging-soak]\n"))
        .isEmpty();
  }

  @Test
  void changeThatIsNotUtf8_isRefused() {
    SortedMap<String, byte[]> files = Bundles.files("", FILES);
    files.put("change.yaml", "change: é".getBytes(ISO_8859_1));
    Findings findings = new Findings();

    Optional<Bundle> bundle = ChangeReader.read(files, findings);

    assertThat(bundle).isEmpty();
    assertThat(findings.all())
        .extracting(finding -> finding.text())
        .containsExactly(
            "change.yaml:1:1: error not-utf8: the file is not UTF-8: save it as UTF-8");
  }

  @Test
  void byteOrderMarkOfAQuery_isNotPartOfIt() {
    Change change =
        Bundles.of(
                SHORTEST + "probes: {a: checks/a.sql}\n",
                FILES[0],
                FILES[1],
                "checks/a.sql",
                "\uFEFFSELECT 1")
            .change();

    assertThat(change.probes())
        .extracting(Probe::name, Probe::source)
        .containsExactly(tuple("a", new Probe.Sql("SELECT 1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"checks: {a: {sql: checks/a.sql}}", "probes: {a: checks/a.sql}"})
  void mistakeInAQueryOfAFile_isFoundThere(String line) {
    assertThat(
            Bundles.findings(
                SHORTEST + line + "\n",
                FILES[0],
                FILES[1],
                "checks/a.sql",
                "-- all\nSELECT 1;\n  DELETE FROM t"))
        .containsExactly(
            "checks/a.sql:3:3: error several-statements: a second statement begins here: write one"
                + " query");
  }

  /** Whatever stands in the place of a value: a bundle or findings, never an exception. */
  @Test
  void valueOfAnyShapeAnywhere_isReadOrFound() throws IOException {
    JsonNode every =
        Json.tree(
            new Load(LoadSettings.builder().build()).loadFromString(resource("every-key.yaml")));
    int read = 0;
    for (String shape :
        List.of(
            "null",
            "\"\"",
            "\"word\"",
            "\"*\"",
            "-1",
            "true",
            "[]",
            "{}",
            "[[]]",
            "[{}]",
            "{\"a\":{\"b\":[]}}",
            "[null]",
            "\"[\"",
            "\"sql/*\"",
            "\"a > b\"",
            "99999999999999999999")) {
      JsonNode odd = Json.read(shape, JsonNode.class);
      List<Consumer<JsonNode>> changes = new ArrayList<>();
      changes(every, new ArrayList<>(), odd, changes);
      for (Consumer<JsonNode> change : changes) {
        JsonNode changed = every.deepCopy();
        change.accept(changed);

        Bundles.findings(Json.text(changed), FILES);

        read++;
      }
    }
    assertThat(read).isGreaterThan(1_500);
  }

  private static void changes(
      JsonNode node, List<Object> path, JsonNode odd, List<Consumer<JsonNode>> changes) {
    if (node instanceof ObjectNode object) {
      object
          .fieldNames()
          .forEachRemaining(name -> change(node.get(name), path, name, odd, changes));
    } else if (node instanceof ArrayNode) {
      for (int i = 0; i < node.size(); i++) {
        change(node.get(i), path, i, odd, changes);
      }
    }
  }

  private static void change(
      JsonNode value,
      List<Object> path,
      Object step,
      JsonNode odd,
      List<Consumer<JsonNode>> changes) {
    List<Object> parent = List.copyOf(path);
    changes.add(root -> set(root, parent, step, odd));
    List<Object> here = new ArrayList<>(path);
    here.add(step);
    changes(value, here, odd, changes);
  }

  private static void set(JsonNode root, List<Object> path, Object step, JsonNode odd) {
    JsonNode parent = root;
    for (Object next : path) {
      parent = next instanceof Integer i ? parent.get(i) : parent.get((String) next);
    }
    if (step instanceof Integer i) {
      ((ArrayNode) parent).set(i, odd);
    } else {
      ((ObjectNode) parent).set((String) step, odd);
    }
  }

  private static String withB(String optionB) {
    return "change: one-index\nwhy: One index\n" + optionB + "\nthrough: [dev]\n";
  }

  private static Optional<RestoreRule> restore(String optionB) {
    return bundle(withB(optionB)).change().through().get(0).restore();
  }

  @Test
  void optionB_standsInTheChangeOnlyWhereItIsWritten() {
    // The usual one is the flight's: a change that does not write it keeps its hash.
    assertThat(restore("backup: verified")).isEmpty();
    assertThat(restore("risk: low")).isEmpty();
    assertThat(restore("backup: taken\nrollback: {B: {within: 6m, roles: [dba, operations-lead]}}"))
        .contains(
            new RestoreRule(
                "backup", Optional.of(Duration.ofMinutes(6)), List.of("dba", "operations-lead")));
    assertThat(restore("rollback: {B: {restore: other.backup}}").orElseThrow().change())
        .contains("other");
  }

  @Test
  void optionBThatHasNothingToRestore_isAFinding() {
    assertThat(Bundles.findings(withB("rollback: {B: {roles: [dba]}}"), FILES))
        .containsExactly(
            "change.yaml:3:15: error no-backup: rollback.B: there is nothing to restore: say"
                + " backup: verified, or leave B out");
    assertThat(Bundles.findings(withB("rollback: {B: {restore: yesterday}}"), FILES))
        .singleElement()
        .asString()
        .contains("error odd-name: rollback.B.restore: \"yesterday\" is neither backup nor");
    assertThat(Bundles.findings(withB("backup: taken\nrollback: {B: {roles: []}}"), FILES))
        .singleElement()
        .asString()
        .contains("name at least one role, such as dba");
  }
}
