package io.lockkeeper.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.fixture.Samples;
import io.lockkeeper.journal.Event.StepEnded;
import io.lockkeeper.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainedTest {
  private static final Instant START = Promotions.START;

  private final List<Chained> chain = chain(5);

  private static List<Chained> chain(int length) {
    List<Chained> chain = new ArrayList<>();
    String previous = Chained.START;
    for (int place = 1; place <= length; place++) {
      Instant at = START.plusSeconds(place);
      Entry entry = new Entry("workflow", place, at, Samples.of(StepEnded.class, place));
      Chained link = Chained.next("p-1", place, at.plusMillis(200), entry, previous);
      chain.add(link);
      previous = link.hash();
    }
    return chain;
  }

  @Test
  void chainAsItWasWritten_hasNoFault() {
    assertThat(Chained.fault(chain)).isEmpty();
    assertThat(Chained.fault(List.of())).isEmpty();
    assertThat(chain.get(0).previous()).isEqualTo("0".repeat(64));
  }

  @Test
  void chainThatWentThroughJson_keepsItsHashesAndEntries() {
    List<Chained> read = new ArrayList<>();
    for (Chained link : chain) {
      read.add(Json.read(Json.text(link), Chained.class));
    }

    assertThat(Chained.fault(read)).isEmpty();
    assertThat(read)
        .extracting(Chained::hash)
        .isEqualTo(chain.stream().map(Chained::hash).toList());
    assertThat(read)
        .extracting(Chained::entry)
        .isEqualTo(chain.stream().map(Chained::entry).toList());
  }

  @Test
  void changedPart_isFoundAtItsPlace() {
    Chained link = chain.get(2);

    assertFault(
        changed(link, "p-2", link.recordedAt(), link.content(), link.previous(), link.hash()),
        "place 3 was changed: its hash does not fit");
    assertFault(
        changed(
            link,
            link.promotion(),
            link.recordedAt().plusNanos(1),
            link.content(),
            link.previous(),
            link.hash()),
        "place 3 was changed: its hash does not fit");
    assertFault(
        changed(
            link, link.promotion(), link.recordedAt(), link.content(), "f".repeat(64), link.hash()),
        "place 3 does not follow from the one before");
    assertFault(
        changed(
            link,
            link.promotion(),
            link.recordedAt(),
            link.content(),
            link.previous(),
            "f".repeat(64)),
        "place 3 was changed: its hash does not fit");
  }

  private void assertFault(Chained changed, String fault) {
    List<Chained> forged = new ArrayList<>(chain);
    forged.set(2, changed);
    assertThat(Chained.fault(forged)).isEqualTo(Optional.of(fault));
  }

  private static Chained changed(
      Chained link,
      String promotion,
      Instant recordedAt,
      JsonNode content,
      String previous,
      String hash) {
    return new Chained(promotion, link.place(), recordedAt, content, previous, hash);
  }

  @Test
  void everyChangedValueInAnEntry_isFoundAtItsPlace() {
    Chained link = chain.get(2);
    List<JsonPointer> leaves = new ArrayList<>();
    leaves(link.content(), JsonPointer.empty(), leaves);
    assertThat(leaves).hasSizeGreaterThan(10);

    for (JsonPointer leaf : leaves) {
      ObjectNode content = link.content().deepCopy();
      JsonNode parent = content.at(leaf.head());
      if (parent instanceof ArrayNode array) {
        array.set(leaf.last().getMatchingIndex(), TextNode.valueOf("forged"));
      } else {
        ((ObjectNode) parent).put(leaf.last().getMatchingProperty(), "forged");
      }

      assertFault(
          changed(link, link.promotion(), link.recordedAt(), content, link.previous(), link.hash()),
          "place 3 was changed: its hash does not fit");
    }
  }

  private static void leaves(JsonNode node, JsonPointer at, List<JsonPointer> leaves) {
    if (node.isValueNode()) {
      leaves.add(at);
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        leaves(node.get(i), at.appendIndex(i), leaves);
      }
    } else {
      node.properties()
          .forEach(part -> leaves(part.getValue(), at.appendProperty(part.getKey()), leaves));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 2", "1, 2, 3", "3, 4, 5"})
  void missingLink_isFoundAtItsPlace(int index, int place, int follows) {
    chain.remove(index);

    assertThat(Chained.fault(chain))
        .isEqualTo(Optional.of("place " + place + " is missing: " + follows + " follows"));
  }

  @Test
  void cutOffHead_isFound() {
    assertThat(Chained.fault(chain.subList(2, 5)))
        .isEqualTo(Optional.of("place 1 is missing: 3 follows"));
  }

  @Test
  void swappedPair_isFoundAtItsPlace() {
    Collections.swap(chain, 1, 2);

    assertThat(Chained.fault(chain)).isEqualTo(Optional.of("place 2 is missing: 3 follows"));
  }

  @Test
  void pairSwappedWithItsPlaces_isFoundAtItsPlace() {
    Chained second = chain.get(1);
    Chained third = chain.get(2);
    chain.set(1, at(third, 2));
    chain.set(2, at(second, 3));

    assertThat(Chained.fault(chain))
        .isEqualTo(Optional.of("place 2 does not follow from the one before"));
  }

  private static Chained at(Chained link, long place) {
    return new Chained(
        link.promotion(), place, link.recordedAt(), link.content(), link.previous(), link.hash());
  }

  @Test
  void repeatedLink_isFoundAtItsPlace() {
    chain.add(2, chain.get(1));

    assertThat(Chained.fault(chain)).isEqualTo(Optional.of("place 3 is missing: 2 follows"));
  }

  @Test
  void linkWrittenAnew_isFoundAtTheNext() {
    Chained link = chain.get(2);
    Entry forged = new Entry("workflow", 3, START, Samples.of(StepEnded.class, 9));
    chain.set(2, Chained.next("p-1", 3, link.recordedAt(), forged, link.previous()));

    assertThat(Chained.fault(chain))
        .isEqualTo(Optional.of("place 4 does not follow from the one before"));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, false", "PT5S, false", "PT5.001S, true", "PT1H, true"})
  void entryRecordedLongAfterItsEffect_isLate(Duration after, boolean late) {
    Entry entry = new Entry("workflow", 1, START, Samples.of(StepEnded.class, 1));

    Chained link = Chained.next("p-1", 1, START.plus(after), entry, Chained.START);

    assertThat(link.late()).isEqualTo(late);
  }
}
