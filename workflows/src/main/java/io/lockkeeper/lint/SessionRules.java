package io.lockkeeper.lint;

import io.lockkeeper.section.RowChange.Block;
import io.lockkeeper.section.RowChange.Query;
import io.lockkeeper.section.RowChange.Setting;
import io.lockkeeper.section.Token;
import java.util.Optional;

/** What acts on its own session, or cannot be seen through. */
final class SessionRules {
  private SessionRules() {}

  static void check(Place place) {
    if (place.meaning() instanceof Block) {
      place.tell(
          Hazard.DO_BLOCK,
          "what a DO block locks and changes cannot be told before: write its statements themselves");
    }
    if (place.meaning() instanceof Block || place.meaning() instanceof Query) {
      lasting(place);
    }
    if (place.meaning() instanceof Setting setting && !setting.local()) {
      setting(place, setting);
    }
  }

  private static void lasting(Place place) {
    Optional<Token> call =
        Calls.in(place.tokens()).filter(token -> place.whole().lasts(token)).findFirst();
    call.ifPresent(
        token ->
            place.tell(
                place.whole().buildsConcurrently() ? Hazard.LONG_QUERY : Hazard.SLEEP,
                "calls "
                    + token.text()
                    + ", which takes as long as it is told"
                    + (place.whole().buildsConcurrently()
                        ? ", and a concurrent build of this change waits for it"
                        : "")));
  }

  private static void setting(Place place, Setting setting) {
    Token first = place.tokens().get(0);
    if (setting.resets()) {
      place.tell(Hazard.SESSION_SETTING, "\"" + setting.title() + "\" acts on the whole session");
      return;
    }
    boolean session = Words.begins(place.tokens(), "set", "session");
    String message =
        "\""
            + setting.title()
            + "\" outlives its section: write SET LOCAL, or put it into settings"
            + " of change.yaml";
    if (session) {
      place.tell(Hazard.SESSION_SETTING, message);
    } else {
      place.tell(Hazard.SESSION_SETTING, message, place.with(first, " LOCAL") + ";");
      place.insert(Hazard.SESSION_SETTING, first, " LOCAL");
    }
  }
}
