package io.lockkeeper.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.Samples;
import io.lockkeeper.json.Json;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventTest {
  private static Stream<Class<?>> kinds() {
    return Arrays.stream(Event.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindOfEvent_readsBackFromItsEntry(Class<? extends Event> kind) {
    Entry entry = new Entry("workflow", 7, Promotions.START, Samples.of(kind, 1));

    assertThat(Json.read(Json.text(entry), Entry.class)).isEqualTo(entry);
  }

  /** The names stand in journals for ever. */
  @ParameterizedTest
  @MethodSource("kinds")
  void nameOfAnEvent_isThatOfItsRecord(Class<? extends Event> kind) {
    String type = Json.tree(Samples.of(kind, 1)).path("type").asText();

    String words = kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
    assertThat(type).isEqualTo(words.toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @EnumSource
  void promotion_endsInFourWays(Status status) {
    boolean last =
        switch (status) {
          case COMPLETE, ROLLED_BACK, ABORTED, FAILED -> true;
          case NOT_STARTED,
              IN_PROGRESS,
              PAUSED,
              PARKED,
              AWAITING_SIGN_OFF,
              SOAKING,
              WATCHING,
              ROLLING_BACK ->
              false;
        };

    assertThat(status.ended()).isEqualTo(last);
  }
}
