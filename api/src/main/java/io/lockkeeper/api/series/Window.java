package io.lockkeeper.api.series;

import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.journal.Event;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stretch of one stage whose samples are one blob.
 *
 * @param name of the attachment
 * @param until where the next begins, or its stage or step ended
 */
record Window(String stage, String name, Instant from, Instant until, BlobRef blob) {
  private static final Pattern SOAK = Pattern.compile(".*-samples-([0-9]{1,12})\\.json");
  private static final Pattern GUARD = Pattern.compile(".*-guard\\.json");

  /**
   * Those that a step left, in order.
   *
   * @param began when the step did, as far as the journal knows
   * @param ended when it was journaled
   */
  static List<Window> of(Event.StepEnded step, Optional<Instant> began, Instant ended) {
    Instant start =
        step.evidence().orElse(null) instanceof Evidence.Samples samples
            ? samples.started()
            : began.orElse(ended);
    List<Window> windows = new ArrayList<>();
    for (Attachment file : step.attachments()) {
      Matcher soak = SOAK.matcher(file.name());
      if (soak.matches()) {
        Instant from = Instant.ofEpochSecond(Long.parseLong(soak.group(1)));
        windows.add(new Window(step.stage(), file.name(), from, ended, file.blob()));
      } else if (GUARD.matcher(file.name()).matches()) {
        windows.add(new Window(step.stage(), file.name(), start, ended, file.blob()));
      }
    }
    windows.sort(Comparator.comparing(Window::from));
    for (int i = 0; i + 1 < windows.size(); i++) {
      Window window = windows.get(i);
      Instant next = windows.get(i + 1).from();
      windows.set(i, new Window(window.stage(), window.name(), window.from(), next, window.blob()));
    }
    return windows;
  }
}
