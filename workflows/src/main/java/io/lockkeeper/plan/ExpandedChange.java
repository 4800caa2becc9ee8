package io.lockkeeper.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.change.Change;
import io.lockkeeper.json.Json;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The long form of a change: every default in place, nothing in it that is not done. It is what the
 * hash is taken over, so it is printed as it stands.
 */
public final class ExpandedChange {
  private ExpandedChange() {}

  public static String yaml(Change change) {
    JsonNode tree = Json.tree(change);
    Object plain = Json.read(tree.toString(), Map.class);
    return new Dump(
            DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(120).build())
        .dumpToString(plain);
  }
}
