package io.lockkeeper.activities.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockkeeper.blob.Sha256;
import io.lockkeeper.json.Json;
import java.util.Arrays;

/** A manifest as it lies in the directory, whole or not. */
sealed interface ManifestFile {
  /** How the names of manifests end. */
  String SUFFIX = ".manifest.json";

  /** One whose bytes are those that were written. */
  record Whole(Manifest manifest) implements ManifestFile {}

  /**
   * One that says nothing.
   *
   * @param why for people
   */
  record Broken(String name, String why) implements ManifestFile {}

  static byte[] bytes(Manifest manifest) {
    return Json.canonical(manifest);
  }

  /**
   * Takes nothing on trust: the bytes are the one form of what they say, and what they say has the
   * digest that they end in.
   *
   * @param name of the file
   */
  static ManifestFile read(String name, byte[] bytes) {
    try {
      JsonNode tree = Json.read(bytes, JsonNode.class);
      if (!(tree instanceof ObjectNode open) || !Arrays.equals(Json.canonical(tree), bytes)) {
        return new Broken(name, "it is not as a manifest is written");
      }
      Manifest manifest = Json.read(bytes, Manifest.class);
      if (manifest.digest().isEmpty()) {
        return new Broken(name, "an earlier version wrote it, and nothing proves it");
      }
      open.remove("digest");
      if (!manifest.digest().get().equals(Sha256.hex(Json.canonical(open)))) {
        return new Broken(name, "it has another digest than it says");
      }
      return name.equals(manifest.id() + SUFFIX)
          ? new Whole(manifest)
          : new Broken(name, "it is that of " + manifest.id());
    } catch (IllegalArgumentException | IllegalStateException e) {
      return new Broken(name, "it is not a manifest");
    }
  }
}
