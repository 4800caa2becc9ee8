package io.lockkeeper.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Bound.Band;
import io.lockkeeper.limit.Bound.Baseline;
import io.lockkeeper.limit.Bound.Change;
import io.lockkeeper.limit.Bound.Fixed;
import io.lockkeeper.limit.Bound.Growth;
import io.lockkeeper.limit.Bound.Text;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitParserTest {

  @Test
  void everyPart_isUnderstood() {
    Limit limit = Limit.parse("probe.*.p95 > baseline + 20% for 60s");

    assertThat(limit)
        .isEqualTo(
            new Limit(
                "probe.*.p95 > baseline + 20% for 60s",
                "probe.*.p95",
                Dimension.TIME,
                false,
                Operator.GREATER,
                new Baseline(Change.SHARE, 0.2),
                Optional.of(Duration.ofSeconds(60))));
  }

  /** Whether a probe is a ratio of two others is not told by its name. */
  @ParameterizedTest
  @CsvSource({
    "probe.rls_share.p50 < 150%, RATIO",
    "p95 > baseline + 5 points, RATIO",
    "probe.rls_share.p50 < 150ms, TIME",
    "probe.rls_share.p50 < baseline + 20%, TIME",
  })
  void figureOfAProbe_isATimeUnlessItsLimitIsAShare(String text, Dimension dimension) {
    assertThat(Limit.parse(text).dimension()).isEqualTo(dimension);
  }

  @ParameterizedTest
  @CsvSource({
    "<, LESS",
    "<=, LESS_OR_EQUAL",
    ">, GREATER",
    ">=, GREATER_OR_EQUAL",
    "=, EQUAL",
  })
  void operator_isUnderstoodWithAndWithoutBlanks(String sign, Operator operator) {
    assertThat(Limit.parse("locks.waiting " + sign + " 5").operator()).isEqualTo(operator);
    assertThat(Limit.parse("locks.waiting" + sign + "5").operator()).isEqualTo(operator);
  }

  @ParameterizedTest
  @CsvSource({
    "locks.longest_wait > 250us, 0.00025",
    "locks.longest_wait > 500ms, 0.5",
    "locks.longest_wait > 1.5s, 1.5",
    "locks.longest_wait > 2 m, 120",
    "transactions.oldest > 3h, 10800",
    "backup.age < 2d, 172800",
    "database.size < 10B, 10",
    "database.size < 10kB, 1E4",
    "database.size < 10MB, 1E7",
    "database.size < 10GB, 1E10",
    "database.size < 10TB, 1E13",
    "database.size < 1KiB, 1024",
    "database.size < 1MiB, 1048576",
    "database.size < 1GiB, 1073741824",
    "database.size < 1TiB, 1099511627776",
    "transactions.rollback_rate > 20%, 0.2",
    "http.dashboard.error_rate > 0.5%, 0.005",
    "deadlocks > 0, 0",
    "sessions.active < 30, 30",
    "postgresql >= 12, 12",
    "postgresql >= 15.4, 15.004",
    "postgresql >= 15.10, 15.01",
    "value = -5, -5",
    "value >= - 0.5, -0.5",
    "probe.degradation > -20%, -0.2",
  })
  void numberWithUnit_isInBaseUnits(String written, double expected) {
    Fixed bound = (Fixed) Limit.parse(written).bound();

    assertThat(bound.quantity().value()).isCloseTo(expected, within(Math.abs(expected) * 1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "p95 < baseline, NONE, 0",
    "p95 < baseline + 20%, SHARE, 0.2",
    "p50 < baseline - 20%, SHARE, -0.2",
    "p50 <= baseline / 10, SCALE, 0.1",
    "p50 <= baseline/10, SCALE, 0.1",
    "p95 < baseline * 1.2, SCALE, 1.2",
    "p95 < baseline + 5ms, ADD, 0.005",
    "p95 < baseline - 5ms, ADD, -0.005",
    "database.size < baseline + 1GB, ADD, 1E9",
    "sessions.total < baseline + 5, ADD, 5",
    "transactions.rollback_rate > baseline + 5 points, ADD, 0.05",
    "transactions.rollback_rate > baseline + 1 point, ADD, 0.01",
    "transactions.rollback_rate > baseline + 5%, SHARE, 0.05",
    "value = baseline, NONE, 0",
  })
  void limitOnTheBaseline_isUnderstood(String written, Change change, double amount) {
    Limit limit = Limit.parse(written);

    Baseline bound = (Baseline) limit.bound();
    assertThat(bound.change()).isEqualTo(change);
    assertThat(bound.amount()).isCloseTo(amount, within(1e-12));
    assertThat(limit.needsBaseline()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "p95 within 1ms..5ms, 0.001, 0.005, false",
    "sessions.active within 3..3, 3, 3, false",
    "p95 within 70%..130% of baseline, 0.7, 1.3, true",
    "rows within 0.5..2 of baseline, 0.5, 2, true",
    "rows within 10 .. 20, 10, 20, false",
    "value within -5..-1, -5, -1, false",
  })
  void band_isUnderstood(String written, double low, double high, boolean ofBaseline) {
    Limit limit = Limit.parse(written);

    assertThat(limit.operator()).isEqualTo(Operator.WITHIN);
    assertThat(limit.bound()).isEqualTo(new Band(low, high, ofBaseline));
    assertThat(limit.needsBaseline()).isEqualTo(ofBaseline);
  }

  @ParameterizedTest
  @CsvSource({
    "deadlocks > +3 in 10m, 3, PT10M",
    "deadlocks >= + 3 in 90s, 3, PT1M30S",
    "database.size > +1GB in 1h, 1E9, PT1H",
  })
  void growth_isUnderstood(String written, double amount, Duration within) {
    assertThat(Limit.parse(written).bound()).isEqualTo(new Growth(amount, within));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "body = all is well        | all is well",
        "body = \"waiting for 5m\" | waiting for 5m",
        "body = \"                 | \"",
        "body = 5                  | 5",
        "value = on                | on",
        "value = \"5\"             | 5",
        "value = \"-5\"            | -5",
        "value = -5-6             | -5-6",
      })
  void text_isTakenAsItStands(String written, String text) {
    assertThat(Limit.parse(written).bound()).isEqualTo(new Text(text));
  }

  @ParameterizedTest
  @CsvSource({
    "locks.waiting > 5 for 30s, PT30S",
    "locks.waiting > 5 for 1h30m, PT1H30M",
    "locks.waiting > 5, PT1M",
    "deadlocks > 0, PT0S",
    "disk.free < 50MB, PT0S",
    "deadlocks > 0 for 10s, PT10S",
    "log.app_errors.matches > 0, PT0S",
    "p95 within 1ms..2ms for 5m, PT5M",
    "deadlocks > +3 in 10m for 20s, PT20S",
  })
  void duration_isAMinuteOrAtOnceForCountersAndAFullDisk(String written, Duration lasts) {
    assertThat(Limit.parse(written).duration()).isEqualTo(lasts);
  }

  @ParameterizedTest
  @CsvSource({
    "prometheus.p95 > 500ms, TIME",
    "prometheus.p95 > 500 ms for 60s, TIME",
    "prometheus.errors > 1.5%, RATIO",
    "prometheus.queue > 5, COUNT",
    "prometheus.queue > -5, COUNT",
    "prometheus.heap > 2GiB, BYTES",
    "prometheus.rate < 100/s, RATE",
    "prometheus.p95 > +5ms in 10m, TIME",
    "prometheus.queue > + 3 in 10m, COUNT",
    "prometheus.p95 > baseline + 5ms, TIME",
    "prometheus.p95 > baseline - 5 ms, TIME",
    "prometheus.errors > baseline + 5 points, RATIO",
    "prometheus.p95 > baseline, COUNT",
    "prometheus.p95 > baseline + 20%, COUNT",
    "prometheus.p95 > baseline * 1.2, COUNT",
    "prometheus.p95 within 1ms..5ms, TIME",
    "prometheus.queue within 1..5, COUNT",
    "prometheus.queue within 0.5..2.5, COUNT",
    "prometheus.p95 within 70%..130% of baseline, COUNT",
    "prometheus.* > 5%, RATIO",
  })
  void seriesOfPrometheus_hasTheUnitOfItsLimit(String written, Dimension dimension) {
    Limit limit = Limit.parse(written);

    assertThat(limit.dimension()).isEqualTo(dimension);
    assertThat(Json.read(Json.text(limit), Limit.class)).isEqualTo(limit);
  }

  @Test
  void blanks_becomeSingleOnes() {
    Limit limit = Limit.parse("  locks.waiting   >\t5\n for  30s ");

    assertThat(limit.text()).isEqualTo("locks.waiting > 5 for 30s");
    assertThat(limit).isEqualTo(Limit.parse("locks.waiting > 5 for 30s"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "probe.orders_by-user.p95 > baseline + 20% for 60s",
        "deadlocks > +3 in 10m",
        "body = \"ready\"",
        "value = done",
        "backup.age < 24h",
        "p95 within 70%..130% of baseline",
        "check.app_errors.failed > 0",
        "sessions.* > 5"
      })
  void limitInJson_isItsTextAndReadsBack(String written) {
    Limit limit = Limit.parse(written);

    String json = Json.text(limit);

    assertThat(json).isEqualTo("\"" + written.replace("\"", "\\\"") + "\"");
    assertThat(Json.read(json, Limit.class)).isEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deadlocks | \"deadlocks\" is not a limit: write METRIC OPERATOR LIMIT, such as"
            + " deadlocks > 0",
        "> 5 | \"> 5\" is not a limit: write METRIC OPERATOR LIMIT, such as deadlocks > 0",
        "deadlocks > | \"deadlocks >\" is not a limit: write METRIC OPERATOR LIMIT, such as"
            + " deadlocks > 0",
        "deadlocks != 5 | \"deadlocks != 5\" is not a limit: write METRIC OPERATOR LIMIT, such as"
            + " deadlocks > 0",
        "5 < deadlocks | \"5 < deadlocks\" is not a limit: write METRIC OPERATOR LIMIT, such as"
            + " deadlocks > 0",
        "deadlocs > 0 | unknown metric \"deadlocs\" (did you mean \"deadlocks\"?)",
        "locks.waiting > 5ms | \"5ms\" does not fit locks.waiting: write a number such as 5",
        "locks.longest_wait > 5 | \"5\" does not fit locks.longest_wait: write a time such as"
            + " 500ms",
        "database.size > 5% | \"5%\" does not fit database.size: write a size such as 50MB",
        "transactions.rollback_rate > 5 points | \"5 points\" does not fit"
            + " transactions.rollback_rate: write a share such as 20%",
        "transactions.rollback_rate > 0.05 | \"0.05\" does not fit transactions.rollback_rate:"
            + " write a share such as 20%",
        "p95 > baseline + 5 | \"5\" does not fit p95: write a time such as 500ms",
        "http.a.p95 > baseline + 5 points | \"5 points\" does not fit http.a.p95: write a time such as"
            + " 500ms",
        "p95 > baseline + | \"baseline +\" is neither a number with a unit nor baseline",
        "p95 > baseline + much | \"much\" is not a number with a unit",
        "p95 > baseline * 20% | after * stands a plain number above zero",
        "p95 > baseline / 0 | after / stands a plain number above zero",
        "p95 > baseline * 2ms | after * stands a plain number above zero",
        "p95 > -5ms | \"-5ms\": p95 is never below zero: write a number above it",
        "p95 > baseline + -5ms | \"-5ms\" is not a number with a unit",
        "deadlocks > +-3 in 10m | \"-3\": deadlocks is never below zero: write a number above it",
        "value > +-3 in 10m | \"+-3 in 10m\": growth is written +3 in 10m",
        "value = --5 for ever | \"ever\" is not a duration: write a number with ms, s, m, h or d,"
            + " such as 24h",
        "p95 > 5 ns | \"5 ns\" is neither a number with a unit nor baseline",
        "index.bloat > 0.5 | \"0.5\" does not fit index.bloat: write a share such as 20%",
        "host.cpu > 80 | \"80\" does not fit host.cpu: write a share such as 20%",
        "process.memory > 80% | \"80%\" does not fit process.memory: write a size such as 50MB",
        "prometheus.p95 > 5 ns | \"5 ns\" is neither a number with a unit nor baseline",
        "prometheus.p95 within 5ms..9 | \"9\" does not fit prometheus.p95: write a time such as 500ms",
        "database.size > forecast * 2 | \"forecast\" is not supported yet: write a size",
        "p95 < production | \"production\" is not baseline; a limit on another environment's"
            + " figure is not supported yet",
        "database.size within 0.5..2 of production | \"production\" is not baseline; a limit on"
            + " another environment's figure is not supported yet",
        "p95 within 5ms | \"5ms\": a band is written within 70%..130%",
        "p95 within 1..2 | \"1\" does not fit p95: write a time such as 500ms",
        "p95 within 5ms..1ms | \"5ms..1ms\": the lower end of a band stands first",
        "p95 within 130%..70% of baseline | \"130%..70% of baseline\": the lower end of a band"
            + " stands first",
        "p95 within 1ms..2ms of baseline | \"1ms\": a band of the baseline is written in percent"
            + " or as a factor",
        "deadlocks > +3 | \"+3\": growth is written +3 in 10m",
        "deadlocks > +3 within 10m | \"+3 within 10m\": growth is written +3 in 10m",
        "deadlocks > +3 in 10 | \"10\" is not a duration: write a number with ms, s, m, h or d,"
            + " such as 24h",
        "deadlocks > +3ms in 10m | \"3ms\" does not fit deadlocks: write a number such as 5",
        "deadlocks > 0 for ever | \"ever\" is not a duration: write a number with ms, s, m, h or"
            + " d, such as 24h",
        "body > ready | a text is compared by = only",
        "value > ready | a text is compared by = only",
      })
  void whatIsNoLimit_isRefusedWithTheReason(String written, String message) {
    assertThatThrownBy(() -> Limit.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p95 < 5ms for 60s | \"p95 < 5ms for 60s\": \"for\" needs several readings and here is"
            + " one: leave it out",
        "body = back for 5m | \"body = back for 5m\": \"for\" needs several readings and here is"
            + " one: leave it out, or quote the whole text",
        "rows > +3 in 10m | \"rows > +3 in 10m\": growth needs several readings and here is one:"
            + " write a number",
        "value < baseline | \"value < baseline\": there is no baseline of it: write a number",
        "rows within 90%..110% of baseline | \"rows within 90%..110% of baseline\": there is no"
            + " baseline of it: write a number",
      })
  void whatCannotCountInItsPlace_isRefused(String written, String message) {
    LimitParser parser =
        new LimitParser(Metrics::byShape).withoutBaseline("of it: write a number").once();

    assertThatThrownBy(() -> parser.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"p95 < 5ms", "body = \"back for 5m\"", "rows within 1..5", "value = -5"})
  void whatCountsOnOneReading_isAccepted(String written) {
    LimitParser parser = new LimitParser(Metrics::byShape).once().withoutBaseline("of it");

    assertThat(parser.parse(written)).isEqualTo(Limit.parse(written));
  }

  @ParameterizedTest
  @CsvSource({
    "probe.*.p95, probe.orders.p95, true",
    "probe.*.p95, probe.orders.p50, false",
    "probe.*.p95, http.orders.p95, false",
    "probe.a*.p95, probe.abc.p95, true",
    "probe.a*.p95, probe.bc.p95, false",
    "sessions.*, sessions.idle_in_transaction, true",
    "probe.*, probe.degradation, true",
    "probe.*, probe.orders.p95, false",
    "deadlocks, deadlocks, true",
    "deadlocks, deadlocks2, false",
    "probe.a.p95, probeXa.p95, false",
  })
  void starStandsForAnythingWithinOnePart(String pattern, String name, boolean matches) {
    assertThat(Limit.matches(pattern, name)).isEqualTo(matches);
  }
}
