package io.lockkeeper.lint;

import io.lockkeeper.finding.Edit;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.section.Meaning;
import io.lockkeeper.section.Statement;
import io.lockkeeper.section.Token;
import io.lockkeeper.section.Unit;
import java.util.List;
import java.util.Optional;

/**
 * A statement where it stands: what a rule looks at, and what it tells of.
 *
 * @param script its file
 * @param unit what it commits with
 * @param part the statement with its meaning
 * @param before what the change did before it
 * @param whole what the change does anywhere
 * @param accepted what its author knows of
 */
record Place(
    SectionScript script,
    Unit unit,
    Unit.Part part,
    Before before,
    Whole whole,
    Accepted accepted,
    Findings findings) {

  Meaning meaning() {
    return part.meaning();
  }

  Statement statement() {
    return part.statement();
  }

  List<Token> tokens() {
    return part.statement().tokens();
  }

  void tell(Hazard hazard, String message) {
    tell(hazard, tokens().get(0), message, Optional.empty());
  }

  void tell(Hazard hazard, String message, String fix) {
    tell(hazard, tokens().get(0), message, Optional.of(fix));
  }

  void tell(Hazard hazard, Token at, String message, Optional<String> fix) {
    findings.add(accepted.judge(hazard.found(script.file(), at.line(), at.column(), message, fix)));
  }

  /** The statement as it would read with something put in behind a token. */
  String with(Token behind, String text) {
    int at = behind.end() - tokens().get(0).offset();
    return statement().text().substring(0, at) + text + statement().text().substring(at);
  }

  /** Puts something in behind a token. */
  void insert(Hazard hazard, Token behind, String text) {
    if (accepted.knows(hazard) || !script.mendable()) {
      return;
    }
    findings.add(new Edit(script.file(), behind.end(), behind.end(), text));
  }

  /** Takes tokens away, with the blanks behind them. */
  void remove(Hazard hazard, int from, int to) {
    if (accepted.knows(hazard) || !script.mendable()) {
      return;
    }
    findings.add(
        new Edit(script.file(), tokens().get(from).offset(), tokens().get(to).offset(), ""));
  }
}
