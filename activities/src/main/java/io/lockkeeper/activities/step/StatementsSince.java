package io.lockkeeper.activities.step;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.statements.StatementWatch;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.json.Json;
import io.lockkeeper.report.StatementsText;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.StatementChanges;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Days after a change: which statements of others take more time than before it. It decides
 * nothing, and what cannot be told is said.
 *
 * @param sentence how many
 * @param list each with its figures
 */
record StatementsSince(String sentence, Attachment list) {
  static StatementsSince of(Place place, BaselineRecord baseline) {
    StatementChanges changes =
        new StatementWatch(place.target(), place.blobs())
            .since(
                place.bundle().change(),
                place.environment().name(),
                baseline.statements().map(BlobRef::sha256),
                Optional.empty(),
                place.attachment("statements.json"));
    String text = StatementsText.markdown(changes, texts(place, changes));
    Attachment list =
        new Attachment(
            place.attachment("statements.md"),
            "text/markdown",
            place.blobs().write(text.getBytes(UTF_8)));
    return new StatementsSince(sentence(changes), list);
  }

  private static Map<String, String> texts(Place place, StatementChanges changes) {
    Map<String, String> texts = new HashMap<>();
    if (changes.texts().isPresent()) {
      byte[] json = place.blobs().read(changes.texts().get().blob().sha256());
      Map<?, ?> read = Json.read(json, Map.class);
      read.forEach((id, text) -> texts.put(id.toString(), text.toString()));
    }
    return texts;
  }

  private static String sentence(StatementChanges changes) {
    if (changes.now().isEmpty()) {
      return "statements of others: not available, " + changes.untold();
    }
    return Counted.of(changes.more().size(), "statement")
        + " of others "
        + (changes.more().size() == 1 ? "takes" : "take")
        + " more time than before the change";
  }
}
