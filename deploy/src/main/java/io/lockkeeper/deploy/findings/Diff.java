package io.lockkeeper.deploy.findings;

import io.lockkeeper.finding.Edit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A unified diff without context, of edits whose places are known. */
final class Diff {
  private final String old;
  private final List<String> lines = new ArrayList<>();
  private int added;

  private Diff(String old) {
    this.old = old;
  }

  /** Edits do not overlap. */
  static List<String> of(String file, String old, List<Edit> edits) {
    Diff diff = new Diff(old);
    diff.lines.add("--- a/" + file);
    diff.lines.add("+++ b/" + file);
    List<Edit> hunk = new ArrayList<>();
    for (Edit edit : edits.stream().sorted(Comparator.comparingInt(Edit::from)).toList()) {
      if (!hunk.isEmpty() && diff.lineEnd(hunk.get(hunk.size() - 1).to()) < edit.from()) {
        diff.hunk(hunk);
        hunk.clear();
      }
      hunk.add(edit);
    }
    diff.hunk(hunk);
    return diff.lines;
  }

  private int lineEnd(int at) {
    int end = old.indexOf('\n', at);
    return end < 0 ? old.length() : end;
  }

  private void hunk(List<Edit> edits) {
    int from = old.lastIndexOf('\n', edits.get(0).from() - 1) + 1;
    int to = lineEnd(edits.get(edits.size() - 1).to());
    StringBuilder text = new StringBuilder();
    int at = from;
    for (Edit edit : edits) {
      text.append(old, at, edit.from()).append(edit.text());
      at = edit.to();
    }
    text.append(old, at, to);
    List<String> before = old.substring(from, to).lines().toList();
    List<String> after = text.toString().lines().toList();
    int line = (int) old.substring(0, from).chars().filter(c -> c == '\n').count() + 1;
    lines.add(
        "@@ -" + line + "," + before.size() + " +" + (line + added) + "," + after.size() + " @@");
    before.forEach(written -> lines.add("-" + written));
    after.forEach(written -> lines.add("+" + written));
    added += after.size() - before.size();
  }
}
