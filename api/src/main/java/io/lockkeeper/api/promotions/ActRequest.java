package io.lockkeeper.api.promotions;

import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.signoff.Statement.Decision;
import io.lockkeeper.signoff.Statement.Option;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of any act; each act reads what it needs.
 *
 * @param reason why; every act but a sign-off needs one
 * @param comment of a sign-off
 * @param environment of a rollback; left out for the one where it is
 * @param by of an extension
 */
record ActRequest(
    @Nullable String reason,
    @Nullable String role,
    @Nullable String decision,
    @Nullable String comment,
    @Nullable String evidenceHash,
    @Nullable String confirm,
    @Nullable String environment,
    @Nullable String option,
    @Nullable String by) {

  String reasonOrRefuse() {
    if (reason == null || reason.isBlank()) {
      throw ProblemException.unprocessable("missing-reason", "the body needs \"reason\"");
    }
    return reason.strip();
  }

  String roleOrRefuse() {
    if (role == null || role.isBlank()) {
      throw ProblemException.unprocessable("missing-role", "the body needs \"role\"");
    }
    return role;
  }

  Decision decisionOrRefuse() {
    if ("approve".equals(decision)) {
      return Decision.APPROVE;
    }
    if ("refuse".equals(decision)) {
      if (comment == null || comment.isBlank()) {
        throw ProblemException.unprocessable("missing-comment", "a refusal needs a comment");
      }
      return Decision.REFUSE;
    }
    throw ProblemException.unprocessable("bad-decision", "\"decision\" is approve or refuse");
  }

  String evidenceOrRefuse() {
    if (evidenceHash == null || evidenceHash.isBlank()) {
      throw ProblemException.unprocessable(
          "missing-evidence_hash", "the body needs \"evidence_hash\": what was read");
    }
    return evidenceHash;
  }

  Optional<Option> optionOrRefuse() {
    if (option == null || option.equals("A")) {
      return Optional.of(Option.A);
    }
    throw ProblemException.unprocessable(
        "bad-option", "option " + option + " is not supported yet: only A is");
  }

  Duration byOrRefuse() {
    if (by == null) {
      throw ProblemException.unprocessable("missing-by", "the body needs \"by\", such as 6h");
    }
    try {
      return Durations.parse(by);
    } catch (IllegalArgumentException e) {
      throw ProblemException.unprocessable("bad-by", String.valueOf(e.getMessage()));
    }
  }
}
