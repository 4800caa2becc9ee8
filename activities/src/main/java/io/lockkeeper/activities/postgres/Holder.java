package io.lockkeeper.activities.postgres;

import io.lockkeeper.blob.Sha256;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who works on a target, as its sessions' application name tells: {@code lk/<promotion's
 * hash>/<order> <promotion> <step>}, cut by the server at 63 bytes.
 *
 * @param promotion first digits of the hash of the promotion's id
 * @param scheduled when the activity was scheduled, milliseconds
 * @param attempt of the activity, from 1
 */
record Holder(String promotion, long scheduled, int attempt) {
  private static final Pattern NAME =
      Pattern.compile("lk/([0-9a-f]{8})/([0-9a-z]+)\\.([0-9]+)(?: .*)?");
  private static final int HASH = 8;

  static Holder of(String promotion, long scheduled, int attempt) {
    return new Holder(Sha256.hex(promotion).substring(0, HASH), scheduled, attempt);
  }

  /** Nothing where the name is not one of ours. */
  static Optional<Holder> parse(String applicationName) {
    Matcher form = NAME.matcher(applicationName);
    return form.matches()
        ? Optional.of(
            new Holder(
                form.group(1), Long.parseLong(form.group(2), 36), Integer.parseInt(form.group(3))))
        : Optional.empty();
  }

  /** With what people want to know behind it. */
  String applicationName(String forPeople) {
    String name = "lk/" + promotion + "/" + Long.toString(scheduled, 36) + "." + attempt;
    return name + " " + forPeople;
  }

  boolean samePromotion(Holder other) {
    return promotion.equals(other.promotion);
  }

  /** Whether the other came after this one, so that this one is the stale one. */
  boolean before(Holder other) {
    return scheduled < other.scheduled || (scheduled == other.scheduled && attempt < other.attempt);
  }
}
