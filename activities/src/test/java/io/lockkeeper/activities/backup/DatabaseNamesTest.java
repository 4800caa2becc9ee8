package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatabaseNamesTest {

  @Test
  void names_tellTheDatabaseAndThePromotion() {
    assertThat(DatabaseNames.of("magnus", "nine-indexes-1"))
        .isEqualTo(
            new DatabaseNames(
                "magnus",
                "magnus_beside_nine_indexes_1",
                "magnus_before_nine_indexes_1",
                "magnus_restored_nine_indexes_1"));
  }

  /** The server would cut both to the same 63 bytes. */
  @Test
  void longNames_areCutAndStayDifferent() {
    DatabaseNames first = DatabaseNames.of("magnus", "a".repeat(62) + "-1");
    DatabaseNames second = DatabaseNames.of("magnus", "a".repeat(62) + "-2");

    assertThat(first.beside().getBytes(UTF_8)).hasSize(63);
    assertThat(first.beside()).startsWith("magnus_beside_aaa").isNotEqualTo(second.beside());
    assertThat(DatabaseNames.of("ü".repeat(31), "one-1").beside().getBytes(UTF_8))
        .hasSizeLessThanOrEqualTo(63);
  }
}
