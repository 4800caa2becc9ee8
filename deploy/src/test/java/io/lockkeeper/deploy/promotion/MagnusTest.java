package io.lockkeeper.deploy.promotion;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Up;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The example, whole, with its checklist's items proven on what the journal and report hold. */
@Tag("slow")
class MagnusTest {
  private static Up up;
  private static String id;
  private static JsonNode report;

  @BeforeAll
  static void promote() {
    up = Up.shared();
    id =
        up.promote(
            up.magnus(), Map.of("soak", "6s", "watch", "6s", "sample", "250ms", "window", "any"));
    up.carry(id, "AWAITING_SIGN_OFF");
    up.approve(id);
    up.carry(id, "COMPLETE");
    report = Parts.good(up.client().get("/promotions/" + id + "/report.json"));
  }

  @Test
  void t() {
    System.out.println(report.toPrettyString());
    up.journal(id).forEach(e -> System.out.println(e));
  }
}
