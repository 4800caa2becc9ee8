package io.lockkeeper.activity;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Progress in one line for people. Pure. */
public final class ProgressLine {
  private ProgressLine() {}

  /**
   * {@code apply-30_indexes, unit 2 of 3, create index idx_x: building index: scanning table, 41 %
   * (12,300 of 30,000 blocks), about 20 s left; waits for 1: pid 4123 "report" of app idle in
   * transaction for 312 s}.
   */
  public static String of(Progress progress) {
    StringBuilder line = new StringBuilder();
    progress.step().ifPresent(step -> line.append(step).append(", "));
    if (progress.unit() > 0) {
      line.append("unit ")
          .append(progress.unit())
          .append(" of ")
          .append(progress.units())
          .append(", ");
    }
    line.append(progress.what());
    progress.phase().ifPresent(phase -> line.append(": ").append(phase));
    progress
        .percent()
        .ifPresent(percent -> line.append(String.format(Locale.ROOT, ", %.0f %%", percent)));
    progress
        .counted()
        .ifPresent(
            counted ->
                line.append(
                    String.format(
                        Locale.ROOT,
                        " (%,d of %,d %s)",
                        counted.done(),
                        counted.total(),
                        counted.what())));
    progress.secondsLeft().ifPresent(left -> line.append(", about ").append(time(left)));
    return line.append(locks(progress)).toString();
  }

  private static String time(double seconds) {
    return Quantity.print(Math.max(1, Math.rint(seconds)), Dimension.TIME) + " left";
  }

  private static String locks(Progress progress) {
    StringBuilder line = new StringBuilder();
    if (progress.lockAttempt() > 1) {
      line.append("; asked ").append(progress.lockAttempt()).append(" times for its lock");
    }
    List<Blocker> before = progress.blockingUs();
    if (!before.isEmpty()) {
      line.append("; waits for ")
          .append(before.size())
          .append(": ")
          .append(before.stream().map(Blocker::text).collect(Collectors.joining("; ")));
    }
    progress
        .blockedByUs()
        .ifPresent(
            behind ->
                line.append("; ")
                    .append(behind.sessions())
                    .append(behind.sessions() == 1 ? " waits" : " wait")
                    .append(" for us, the longest for ")
                    .append(Quantity.print(behind.longest(), Dimension.TIME)));
    return line.toString();
  }
}
