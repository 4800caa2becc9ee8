package io.lockkeeper.deploy.findings;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.finding.Edit;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import io.lockkeeper.finding.Findings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A bundle after the mechanical findings are mended. Every byte that no edit names stays.
 *
 * @param files that changed, by name, with their new bytes
 * @param diff what changed, line by line; empty where nothing did
 * @param left what is found in the mended bundle
 * @param refused why nothing was mended
 */
public record Mended(
    SortedMap<String, byte[]> files,
    List<String> diff,
    List<Finding> left,
    Optional<String> refused) {

  /**
   * Mends in memory; writes nothing.
   *
   * @param bundle all its files
   */
  public static Mended of(SortedMap<String, byte[]> bundle) {
    Findings before = new Findings();
    ChangeReader.read(bundle, before);
    if (before.all().stream().anyMatch(Mended::unreadable)) {
      return nothing(before, "the bundle cannot be read: mend its errors first");
    }
    SortedMap<String, byte[]> mended = new TreeMap<>(bundle);
    List<String> diff = new ArrayList<>();
    before.edits().stream()
        .collect(Collectors.groupingBy(Edit::file, TreeMap::new, Collectors.toList()))
        .forEach((file, edits) -> apply(mended, file, edits, diff));
    Findings after = new Findings();
    ChangeReader.read(mended, after);
    Set<String> errors = new HashSet<>(errors(after));
    errors.removeAll(errors(before));
    if (!errors.isEmpty()) {
      return nothing(
          before,
          "mended by itself the bundle would be refused for "
              + String.join(", ", errors.stream().sorted().toList())
              + ": mend it by hand");
    }
    mended.keySet().removeIf(file -> before.edits().stream().noneMatch(e -> e.file().equals(file)));
    return new Mended(mended, diff, after.all(), Optional.empty());
  }

  private static Mended nothing(Findings before, String why) {
    return new Mended(new TreeMap<>(), List.of(), before.all(), Optional.of(why));
  }

  /** A mistake of form: nobody knows what the file should have said. */
  private static boolean unreadable(Finding finding) {
    return finding.severity() == Severity.ERROR && finding.hazard().isEmpty();
  }

  private static List<String> errors(Findings findings) {
    return findings.all().stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .map(finding -> finding.code() + " in " + finding.file())
        .toList();
  }

  /**
   * @param edits the last place first, so that those before keep theirs
   */
  private static void apply(
      SortedMap<String, byte[]> files, String file, List<Edit> edits, List<String> diff) {
    byte[] bytes = files.get(file);
    if (bytes == null) {
      throw new IllegalStateException("an edit of " + file + ", which is not there");
    }
    String old = new String(bytes, UTF_8);
    StringBuilder text = new StringBuilder(old);
    edits.forEach(edit -> text.replace(edit.from(), edit.to(), edit.text()));
    files.put(file, text.toString().getBytes(UTF_8));
    diff.addAll(Diff.of(file, old, edits));
  }
}
