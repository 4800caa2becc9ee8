package io.lockkeeper.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Bundles;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.plan.Tightening.Added;
import io.lockkeeper.stage.StagePlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TighteningTest {
  private static final String CHANGE =
      """
      change: one-index
      why: x
      probes: { by_sector: SELECT 1 }
      through: [{ dev: { soak: 24h } }]
      rollback_if:
        - locks.waiting > 5 for 30s
        - probe.*.p95 > baseline + 20% for 60s
        - disk.free < 50MB
        - deadlocks > +3 in 10m
        - { if: sessions.active > 50 for 2m, then: pause, from: 1h }
        - { if: transactions.oldest > 5m, then: note }
      """;

  private static StagePlan.Soak stage(Overrides overrides) {
    return (StagePlan.Soak)
        Promotions.input(Bundles.of(CHANGE), overrides).flight().stage("dev-soak");
  }

  private static Added added(String limit) {
    return new Added(Limit.parse(limit), Optional.empty());
  }

  private static Trigger last(StagePlan.Soak stage, Added added) {
    List<Trigger> triggers = Tightening.of(stage, List.of(added)).triggers();
    return triggers.get(triggers.size() - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "locks.waiting > 4 for 30s",
        "locks.waiting > 5 for 20s",
        "locks.waiting >= 5 for 30s",
        "locks.waiting > 3 for 10m",
        "probe.*.p95 > baseline + 10% for 60s",
        "probe.*.p95 > baseline * 1.1 for 60s",
        "probe.by_sector.p95 > baseline + 19% for 60s",
        "probe.by_sector.p95 > 40ms for 60s",
        "disk.free < 60MB",
        "disk.free <= 50MB",
        "deadlocks > +2 in 10m",
        "deadlocks > 0",
        "sessions.active > 40 for 2m",
        "sessions.total > 100"
      })
  void limitThatCatchesMore_isAdded(String limit) {
    StagePlan.Soak stage = stage(Overrides.NONE);

    assertThat(Tightening.whyNot(stage, added(limit))).isEmpty();
    assertThat(Tightening.of(stage, List.of(added(limit))).triggers())
        .startsWith(stage.triggers().toArray(Trigger[]::new))
        .hasSize(stage.triggers().size() + 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "locks.waiting > 6 for 30s",
        "locks.waiting > 5 for 30s",
        "locks.waiting > 5 for 31s",
        "probe.*.p95 > baseline + 25% for 60s",
        "probe.*.p95 > baseline * 1.2 for 60s",
        "probe.by_sector.p95 > baseline + 20% for 60s",
        "disk.free < 40MB",
        "deadlocks > +4 in 10m",
        "sessions.active > 60 for 2m"
      })
  void limitThatCatchesNothingMore_isRefused(String limit) {
    assertThat(Tightening.whyNot(stage(Overrides.NONE), added(limit)))
        .hasValueSatisfying(why -> assertThat(why).contains(" is no tighter than "));
  }

  @Test
  void sameLimitThatDoesMore_isAdded() {
    Added rollsBack =
        new Added(Limit.parse("transactions.oldest > 5m"), Optional.of(Then.ROLLBACK));

    assertThat(Tightening.whyNot(stage(Overrides.NONE), rollsBack)).isEmpty();
    assertThat(Tightening.whyNot(stage(Overrides.NONE), added("transactions.oldest > 5m")))
        .isPresent();
  }

  @Test
  void whatItDoes_isWhatTheLimitsOfThatFigureDo_orARollback() {
    StagePlan.Soak stage = stage(Overrides.NONE);

    assertThat(last(stage, added("sessions.active > 40 for 2m")))
        .isEqualTo(
            new Trigger(
                Limit.parse("sessions.active > 40 for 2m"),
                Duration.ofMinutes(2),
                Duration.ofHours(1),
                Then.PAUSE,
                ""));
    assertThat(last(stage, added("sessions.total > 100")).then()).isEqualTo(Then.ROLLBACK);
  }

  @Test
  void shortenedStage_shortensItsTimeToo() {
    Overrides tenth =
        new Overrides(
            Optional.of(Duration.ofHours(1)),
            Optional.empty(),
            Optional.of(Duration.ofSeconds(1)),
            Optional.empty(),
            false);

    assertThat(last(stage(tenth), added("locks.waiting > 4 for 30s")).sustained())
        .isEqualTo(Duration.ofSeconds(3));
  }
}
