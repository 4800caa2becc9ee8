package io.lockkeeper.api.reports;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Event;
import io.lockkeeper.json.Json;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StatementChanges;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The texts of statements of which evidence has figures: they are in blobs, without values. */
final class StatementTexts {
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

  private final Blobs blobs;

  StatementTexts(Blobs blobs) {
    this.blobs = blobs;
  }

  /**
   * By queryid, of all that a journal tells of.
   *
   * @param running soaks and watches that are not over
   */
  Map<String, String> of(List<Chained> journal, List<SoakOrder> running) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Chained link : journal) {
      if (link.entry().event() instanceof Event.StepEnded step
          && step.evidence().orElse(null) instanceof Evidence.Samples samples) {
        samples.statements().ifPresent(changes -> texts.putAll(of(changes)));
      }
    }
    running.forEach(soak -> soak.statements().ifPresent(changes -> texts.putAll(of(changes))));
    return texts;
  }

  private Map<String, String> of(StatementChanges changes) {
    return changes
        .texts()
        .map(file -> Json.read(new String(blobs.read(file.blob().sha256()), UTF_8), TEXTS))
        .orElse(Map.of());
  }
}
