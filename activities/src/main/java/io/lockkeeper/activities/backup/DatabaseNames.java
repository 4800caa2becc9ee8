package io.lockkeeper.activities.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.blob.Sha256;
import java.util.List;

/**
 * The names of a live database and of those that stand beside it for one promotion. The promotion's
 * hyphens are underscores here, so that they can be typed without quotes.
 *
 * @param beside of what is restored, until it is swapped in
 * @param before of what was live, once it was swapped out; kept until somebody drops it
 * @param restored of what was restored, once it was swapped out again
 */
record DatabaseNames(String live, String beside, String before, String restored) {
  /** NAMEDATALEN - 1. */
  private static final int LONGEST = 63;

  private static final int HASH = 8;

  static DatabaseNames of(String live, String promotion) {
    String name = promotion.replace('-', '_');
    return new DatabaseNames(
        live,
        fit(live + "_beside_" + name),
        fit(live + "_before_" + name),
        fit(live + "_restored_" + name));
  }

  List<String> all() {
    return List.of(live, beside, before, restored);
  }

  /** The server would cut a long name, and two of them would be one. */
  private static String fit(String name) {
    if (name.getBytes(UTF_8).length <= LONGEST) {
      return name;
    }
    String cut = name;
    while (cut.getBytes(UTF_8).length > LONGEST - HASH - 1) {
      cut = cut.substring(0, cut.length() - 1);
    }
    return cut + "_" + Sha256.hex(name).substring(0, HASH);
  }
}
