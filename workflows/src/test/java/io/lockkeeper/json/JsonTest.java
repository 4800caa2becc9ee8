package io.lockkeeper.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Precheck;
import io.lockkeeper.change.Probe;
import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.fixture.Samples;
import io.lockkeeper.journal.Event;
import io.lockkeeper.limit.Reading;
import io.lockkeeper.plan.Overrides;
import io.lockkeeper.rollback.Compensation;
import io.lockkeeper.signoff.Statement;
import io.lockkeeper.stage.StagePlan;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private record Thing(
      String name, Optional<String> why, Duration lasts, Instant startedAt, List<Integer> counts) {}

  private static final Instant AT = Instant.parse("2026-11-20T08:00:00.123456Z");

  private static Stream<Class<?>> sealedFamilies() {
    return Stream.of(
        Event.class,
        Evidence.class,
        Step.class,
        StagePlan.class,
        Compensation.class,
        Precheck.class,
        Reading.class,
        Check.Source.class,
        Probe.Source.class,
        Probe.Parameter.class);
  }

  private static Stream<Class<?>> membersWithTheirFamily() {
    return sealedFamilies().flatMap(family -> Arrays.stream(family.getPermittedSubclasses()));
  }

  @ParameterizedTest
  @MethodSource("membersWithTheirFamily")
  void memberOfASealedFamily_readsBackAsItsFamily(Class<?> member) {
    Class<?> family = member.getInterfaces()[0];
    for (int variant = 1; variant <= 12; variant++) {
      Object sample = Samples.of(member, variant);

      assertThat((Object) Json.read(Json.text(sample), family)).isEqualTo(sample);
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Change.class,
        Statement.class,
        StepResult.class,
        Overrides.class,
        EnvironmentFacts.class
      })
  void recordWithEveryPart_readsBack(Class<?> type) {
    for (int variant = 1; variant <= 2; variant++) {
      Object sample = Samples.of(type, variant);

      assertThat((Object) Json.read(Json.text(sample), type)).isEqualTo(sample);
    }
  }

  @Test
  void properties_areSnakeCaseSortedAndWithoutWhatIsAbsent() {
    Thing thing = new Thing("a", Optional.empty(), Duration.ofSeconds(90), AT, List.of(1, 2));

    assertThat(Json.text(thing))
        .isEqualTo(
            "{\"counts\":[1,2],\"lasts\":\"PT1M30S\",\"name\":\"a\","
                + "\"started_at\":\"2026-11-20T08:00:00.123456Z\"}");
  }

  @Test
  void equalValues_haveEqualCanonicalBytes() {
    Map<String, Object> one = new HashMap<>();
    Map<String, Object> other = new HashMap<>(64);
    for (int i = 0; i < 20; i++) {
      one.put("key " + i, Map.of("b", i, "a", i));
      other.put("key " + (19 - i), Map.of("a", 19 - i, "b", 19 - i));
    }

    assertThat(Json.canonical(one)).isEqualTo(Json.canonical(other));
  }

  @Test
  void canonicalForm_isTheSameForARecordAndItsTree() {
    Thing thing = new Thing("ä", Optional.of("b"), Duration.ZERO, AT, List.of());

    assertThat(Json.canonical(Json.tree(thing))).isEqualTo(Json.canonical(thing));
    assertThat(new String(Json.canonical(thing), UTF_8)).isEqualTo(Json.text(thing));
  }

  @Test
  void unknownProperty_isPassedOver() {
    assertThat(Json.read("{\"name\":\"a\",\"newer\":{\"x\":1},\"counts\":[]}", Thing.class).name())
        .isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "\"a\"", "{\"counts\":\"many\"}"})
  void textThatIsNoneOfTheType_isRefused(String text) {
    assertThatThrownBy(() -> Json.read(text, Thing.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a Thing");
    assertThatThrownBy(() -> Json.read(text.getBytes(UTF_8), Thing.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a Thing");
  }

  @Test
  void memberThatNobodyKnows_isRefused() {
    assertThatThrownBy(() -> Json.read("{\"step\":\"dance\"}", Step.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a Step");
  }
}
