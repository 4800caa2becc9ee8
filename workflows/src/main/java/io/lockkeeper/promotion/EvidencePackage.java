package io.lockkeeper.promotion;

import io.lockkeeper.blob.Sha256;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.EvidenceLine;
import io.lockkeeper.json.Json;
import io.lockkeeper.signoff.Statement.TargetGrant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What approvers see: the last result of every step so far, frozen when a gate opens. */
final class EvidencePackage {
  private final Map<String, EvidenceLine> lines = new LinkedHashMap<>();

  void add(Event event) {
    if (event instanceof Event.StepEnded ended) {
      lines.put(
          ended.stage() + " " + ended.step(),
          new EvidenceLine(
              ended.stage(), ended.step(), ended.verdict(), Sha256.hex(Json.canonical(ended))));
    }
  }

  List<EvidenceLine> lines() {
    return new ArrayList<>(lines.values());
  }

  /** Over the change, the place and all results: changes when one of them does. */
  String hash(String change, TargetGrant place) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("change", change);
    all.put("place", place);
    all.put("lines", lines());
    return Sha256.hex(Json.canonical(all));
  }
}
