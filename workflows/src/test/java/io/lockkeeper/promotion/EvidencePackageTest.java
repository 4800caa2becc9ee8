package io.lockkeeper.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.lockkeeper.fixture.Promotions;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Event.EvidenceLine;
import io.lockkeeper.signoff.Statement.TargetGrant;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvidencePackageTest {
  private static final TargetGrant PLACE =
      new TargetGrant("production", "magnus", Promotions.identity("production"), List.of("dba"));

  private final EvidencePackage evidence = new EvidencePackage();

  private static Event ended(String step, int attempt, Verdict verdict, String sentence) {
    return new Event.StepEnded(
        "staging", step, StepKind.VERIFY, attempt, verdict, sentence, Optional.empty(), List.of());
  }

  @Test
  void lastResultOfEveryStep_isALine() {
    evidence.add(ended("verify-objects", 1, Verdict.FAIL, "one is missing"));
    evidence.add(ended("compare", 1, Verdict.PASS, "faster"));
    evidence.add(ended("verify-objects", 2, Verdict.PASS, "all are there"));
    evidence.add(new Event.StageStarted("staging"));

    assertThat(evidence.lines())
        .extracting(EvidenceLine::step, EvidenceLine::verdict)
        .containsExactly(tuple("verify-objects", Verdict.PASS), tuple("compare", Verdict.PASS));
  }

  @Test
  void hash_changesWithTheChangeThePlaceAndEveryResult() {
    evidence.add(ended("compare", 1, Verdict.PASS, "faster"));
    String hash = evidence.hash("change", PLACE);
    EvidencePackage same = new EvidencePackage();
    same.add(ended("compare", 1, Verdict.PASS, "faster"));
    EvidencePackage other = new EvidencePackage();
    other.add(ended("compare", 1, Verdict.PASS, "slower"));
    TargetGrant elsewhere =
        new TargetGrant("production", "magnus", Promotions.identity("dev"), List.of("dba"));

    assertThat(same.hash("change", PLACE)).isEqualTo(hash);
    assertThat(other.hash("change", PLACE)).isNotEqualTo(hash);
    assertThat(evidence.hash("another", PLACE)).isNotEqualTo(hash);
    assertThat(evidence.hash("change", elsewhere)).isNotEqualTo(hash);
    evidence.add(ended("verify-objects", 1, Verdict.PASS, "all are there"));
    assertThat(evidence.hash("change", PLACE)).isNotEqualTo(hash);
  }
}
