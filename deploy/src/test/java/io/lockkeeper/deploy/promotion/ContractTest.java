package io.lockkeeper.deploy.promotion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Http;
import io.lockkeeper.deploy.fixture.Http.Reply;
import io.lockkeeper.deploy.fixture.Up;
import io.lockkeeper.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls of the contract, each with the answers that it promises. One promotion has gone through
 * dev and ended; those that wait are aborted by the test that starts them.
 */
@Tag("slow")
@EnabledIf("io.lockkeeper.deploy.fixture.RealTemporal#isThere")
@ResourceLock(Up.NAME)
class ContractTest {
  private static Up up;
  private static byte[] bundle;
  private static String hash;
  private static String ended;
  private static Map<String, String> ana;
  private static Map<String, String> boris;

  @BeforeAll
  static void flyOnce() {
    up = Up.shared();
    bundle =
        Change.of(
            """
            change: contract-index
            why: to see every call
            risk: low
            through:
              - dev: { rehearse: false }
              - staging: { sign_off: [dba] }
            next: { contract-second: when the index is there }
            """,
            "sql/10_one.sql",
            "CREATE INDEX CONCURRENTLY idx_contract ON nfl_games (away);");
    hash = up.push(bundle);
    ana = bearer(up.token("ana", "release-manager"));
    boris = bearer(up.token("boris", "dba"));
    Map<String, Object> body = start();
    body.put("environments", List.of("dev"));
    ended = post("/promotions", body, ana).json().path("id").asText();
    up.until(ended, "COMPLETE");
  }

  @Test
  void aBundle_isKeptOnce() {
    Reply first = push(bundle, admin());
    Reply again = push(bundle, admin());

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.json().path("hash").asText()).isEqualTo(hash);
    assertThat(first.json().path("name").asText()).isEqualTo("contract-index");
    assertThat(first.json().path("sections").isArray()).isTrue();
    assertThat(first.json().path("findings").isArray()).isTrue();
    assertThat(again.json().path("pushed_at")).isEqualTo(first.json().path("pushed_at"));
  }

  @Test
  void aBundleWithMistakes_is422WithWhereTheyAre() {
    Reply reply =
        push(Change.of("change: wrong-key\nwhy: x\nprobs: {}\nthrough: [dev]\n"), admin());

    assertProblem(reply, 422, "findings");
    assertThat(reply.json().path("findings"))
        .extracting(
            f -> f.path("file").asText() + ":" + f.path("line") + " " + f.path("code").asText())
        .contains("change.yaml:3 unknown-key");
  }

  @Test
  void aChange_isShownByHashAndNameWithItsPlan() {
    assertThat(get("/changes", boris).json().path("items").findValuesAsText("hash")).contains(hash);
    assertThat(get("/changes/" + hash, boris).json().path("name").asText())
        .isEqualTo("contract-index");
    assertThat(get("/changes/contract-index", boris).json().path("hash").asText()).isEqualTo(hash);
    JsonNode plan = get("/changes/" + hash + "/plan?environment=dev", boris).json();
    assertThat(plan.path("environments")).hasSize(1);
    assertThat(plan.path("environments").get(0).path("sections").toString())
        .contains("DROP INDEX CONCURRENTLY");
    assertProblem(get("/changes/" + hash + "/plan?environment=mars", boris), 422, "no-plan");
    assertProblem(get("/changes/" + "0".repeat(64), boris), 404, "not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/changes",
        "/promotions",
        "/promotions/nobody-1",
        "/promotions/nobody-1/journal",
        "/promotions/nobody-1/events",
        "/environments",
        "/me",
        "/me/awaiting",
        "/audit/verify"
      })
  void withoutAToken_isA401(String path) {
    assertProblem(get(path, Map.of()), 401, "unauthorized");
    assertProblem(get(path, bearer("lk_wrong")), 401, "unauthorized");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/journal",
        "/events",
        "/metrics",
        "/report.json",
        "/report.md",
        "/report.html",
        "/history.json",
        "/attachments/x.txt"
      })
  void anUnknownPromotion_isA404(String view) {
    assertProblem(get("/promotions/nobody-1" + view, boris), 404, "not-found");
  }

  @Test
  void aBlock_isOfATemplateThatThereIs_andOfAnEnvironmentOnTheWay() {
    String report = "/promotions/" + ended + "/report.";

    assertProblem(get(report + "md?template=poem", boris), 422, "unknown-template");
    assertProblem(get(report + "md?environment=staging", boris), 422, "missing-template");
    assertProblem(
        get(report + "json?template=execution-log&environment=mars", boris),
        422,
        "unknown-environment");
    Reply block = get(report + "json?template=execution-log", boris);
    assertThat(block.status()).isEqualTo(200);
    assertThat(block.json().path("template").asText()).isEqualTo("execution-log");
    assertThat(block.json().path("words").path(4).path("word").asText()).isEqualTo("COMPLETE");
    assertThat(get(report + "html?template=context-for-next-step", boris).body())
        .contains("<h1>", "DEPLOYMENT RESULTS:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "resume", "retry", "abort", "rollback", "extend", "acknowledge"})
  void anAct_needsAPromotionAReasonAndARole(String act) {
    Map<String, Object> body = Map.of("reason", "a test", "by", "1h");

    assertProblem(post("/promotions/nobody-1/" + act, body, ana), 404, "not-found");
    assertProblem(
        post("/promotions/" + ended + "/" + act, Map.of("by", "1h"), ana), 422, "missing-reason");
    assertProblem(post("/promotions/" + ended + "/" + act, body, admin()), 403, "not-entitled");
    assertProblem(post("/promotions/" + ended + "/" + act, body, Map.of()), 401, "unauthorized");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "resume", "retry", "rollback", "extend", "acknowledge"})
  void anActOnWhatHasEnded_isA409WithWhatAllowedActionsSay(String act) {
    Reply reply =
        post("/promotions/" + ended + "/" + act, Map.of("reason", "a test", "by", "1h"), ana);

    assertProblem(reply, 409, "not-allowed");
    JsonNode action = action(up.promotion(ended), act);
    assertThat(action.path("allowed").asBoolean()).isFalse();
    assertThat(reply.json().path("detail")).isEqualTo(action.path("why_not"));
  }

  @Test
  void anAbortOfWhatHasEnded_changesNothing() {
    Reply reply = post("/promotions/" + ended + "/abort", Map.of("reason", "a test"), ana);

    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.json().path("status").asText()).isEqualTo("COMPLETE");
  }

  @Test
  void aStart_needsAReleaseManagerAChangeAndAReason() {
    assertProblem(post("/promotions", start(), boris), 403, "not-entitled");
    assertProblem(post("/promotions", start(), admin()), 403, "not-entitled");
    assertProblem(post("/promotions", start(), Map.of()), 401, "unauthorized");
    assertProblem(post("/promotions", without("reason"), ana), 422, "missing-reason");
    assertProblem(post("/promotions", without("change"), ana), 422, "missing-change");
    Map<String, Object> unknown = start();
    unknown.put("change", "nobody-knows-it");
    assertProblem(post("/promotions", unknown, ana), 404, "not-found");
    Map<String, Object> mars = start();
    mars.put("environments", List.of("mars"));
    assertProblem(post("/promotions", mars, ana), 422, "flight-refused");
    Map<String, Object> short_ = start();
    short_.put("overrides", Map.of("soak", "soon"));
    assertProblem(post("/promotions", short_, ana), 422, "bad-overrides");
    Reply broken =
        Http.post(url("/promotions"), "{".getBytes(UTF_8), with(ana, "application/json"));
    assertProblem(broken, 400, "not-json");
  }

  @Test
  void aCompletePromotion_tellsWhatItUnlocks() {
    assertThat(up.promotion(ended).path("next").toString())
        .isEqualTo("[{\"change\":\"contract-second\",\"text\":\"when the index is there\"}]");
    assertThat(get("/promotions/" + ended + "/report.md", boris).body())
        .contains("\n- next: contract-second: when the index is there\n");
  }

  /** The first is COMPLETE in dev, and was never in production. */
  @Test
  void aStart_needsWhatTheChangeRequires() {
    byte[] second =
        Change.of(
            """
            change: contract-second
            why: it builds on the first
            risk: low
            requires: [contract-index]
            through: [dev, production]
            """,
            "sql/10_two.sql",
            "CREATE INDEX CONCURRENTLY idx_contract_second ON nfl_games (away);");
    Map<String, Object> body = start();
    body.put("change", up.push(second));
    body.put("environments", List.of("production"));

    Reply refused = post("/promotions", body, ana);
    body.put("environments", List.of("dev"));
    Reply started = post("/promotions", body, ana);

    assertProblem(refused, 409, "required-change");
    assertThat(refused.json().path("detail").asText())
        .isEqualTo(
            "contract-second requires contract-index to be COMPLETE in production, and there it was"
                + " never promoted. Nothing was started. Promote contract-index first");
    assertThat(started.status()).isEqualTo(201);
    up.until(started.json().path("id").asText(), "COMPLETE");
    up.target("dev").execute("DROP INDEX idx_contract_second");
  }

  @Test
  void aGate_takesAnApprovalOnceAndTheKeyOnlyOneStart() {
    Map<String, Object> body = start();
    body.put("environments", List.of("staging"));
    Map<String, String> keyed = new HashMap<>(ana);
    keyed.put("Idempotency-Key", "contract-" + System.nanoTime());

    Reply started = post("/promotions", body, keyed);
    Reply again = post("/promotions", body, keyed);
    String id = started.json().path("id").asText();
    body.put("reason", "another");
    Reply other = post("/promotions", body, keyed);

    assertThat(started.status()).isEqualTo(201);
    assertThat(started.json().path("requested_by").asText()).isEqualTo("ana");
    assertThat(again.json().path("id").asText()).isEqualTo(id);
    assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true");
    assertProblem(other, 422, "idempotency-key");

    JsonNode waiting = get("/promotions/" + id + "?wait_for=sign_off&timeout=55s", boris).json();
    assertThat(waiting.path("status").asText()).isEqualTo("AWAITING_SIGN_OFF");
    assertThat(waiting.path("pending").get(0).path("role").asText()).isEqualTo("dba");
    assertThat(waiting.path("evidence_hash").asText()).hasSize(64);
    assertThat(get("/me/awaiting", boris).json().path("items").findValuesAsText("promotion"))
        .contains(id);
    assertThat(get("/promotions?status=AWAITING_SIGN_OFF", boris).json().path("items"))
        .extracting(item -> item.path("id").asText())
        .contains(id);
    Map<String, Object> second = start();
    second.put("environments", List.of("staging"));
    assertProblem(post("/promotions", second, ana), 409, "target-taken");

    String gate = "/promotions/" + id + "/sign-offs";
    Map<String, Object> approval = new HashMap<>(Up.approval(waiting, "dba"));
    assertProblem(post(gate, approval, admin()), 403, "not-entitled");
    assertProblem(post(gate, approval, ana), 403, "not-entitled");
    assertProblem(post(gate, changed(approval, "decision", "maybe"), boris), 422, "bad-decision");
    assertProblem(
        post(gate, Map.of("role", "dba", "decision", "refuse", "evidence_hash", "0"), boris),
        422,
        "missing-comment");
    assertProblem(
        post(gate, changed(approval, "evidence_hash", "0".repeat(64)), boris), 409, "not-allowed");
    Reply issued = post(gate + "?deliver=false", approval, boris);
    assertThat(issued.status()).isEqualTo(201);
    assertThat(issued.json().path("statement").path("signature").asText()).isNotEmpty();
    assertThat(up.promotion(id).path("pending")).hasSize(1);

    Map<String, String> once = new HashMap<>(boris);
    once.put("Idempotency-Key", "sign-" + id);
    assertThat(post(gate, approval, once).status()).isEqualTo(201);
    up.until(id, "COMPLETE");
    assertProblem(post(gate, approval, boris), 409, "not-allowed");
  }

  @Test
  void theEvents_goOnAfterTheLastThatWasSeen() {
    List<String> all = ids(get("/promotions/" + ended + "/events", boris).body());
    Map<String, String> last = new HashMap<>(boris);
    last.put("Last-Event-ID", "5");
    Reply rest = get("/promotions/" + ended + "/events", last);

    assertThat(rest.headers().get("Content-Type")).startsWith("text/event-stream");
    assertThat(all).startsWith("1", "2", "3");
    assertThat(ids(rest.body())).isEqualTo(all.subList(5, all.size()));
    for (String event : rest.body().split("\n\n")) {
      assertThat(event.contains("event: progress") && event.contains("id: ")).isFalse();
    }
  }

  @Test
  void theViews_answerInTheirForms() {
    assertThat(get("/promotions/" + ended + "/report.json", boris).json().isObject()).isTrue();
    assertThat(get("/promotions/" + ended + "/report.md", boris).body()).contains(ended);
    assertThat(get("/promotions/" + ended + "/report.html", boris).body()).contains("<html");
    Reply json = get("/promotions/" + ended + "/metrics", boris);
    assertThat(json.headers().get("Content-Type")).startsWith("application/json");
    assertThat(json.json().isObject()).isTrue();
    Map<String, String> spreadsheet = new HashMap<>(boris);
    spreadsheet.put("Accept", "text/csv");
    for (Reply csv :
        List.of(
            get("/promotions/" + ended + "/metrics", spreadsheet),
            get("/promotions/" + ended + "/metrics?format=csv", boris))) {
      assertThat(csv.headers().get("Content-Type")).startsWith("text/csv");
      assertThat(csv.body()).startsWith("time,stage,metric,value\r\n");
    }
    assertProblem(get("/promotions/" + ended + "/metrics?points=4", boris), 422, "bad-points");
    assertProblem(get("/promotions/" + ended + "/metrics?points=few", boris), 422, "bad-points");
    assertProblem(
        get("/promotions/" + ended + "/metrics?format=xls", boris), 422, "unknown-format");
    JsonNode journal = get("/promotions/" + ended + "/journal", boris).json();
    assertThat(journal.path("items").get(0).path("place").asInt()).isEqualTo(1);
    up.until(ended, "COMPLETE");
    Await.until(
        "the history is kept",
        () -> get("/promotions/" + ended + "/history.json", boris),
        reply -> reply.status() == 200);
    assertProblem(get("/promotions/" + ended + "/attachments/none.txt", boris), 404, "not-found");
    assertProblem(get("/promotions?status=LOST", boris), 422, "bad-status");
    assertProblem(get("/promotions/" + ended + "?wait_for=rain", boris), 422, "bad-wait_for");
  }

  @Test
  void tokens_areForTheAdministratorAndForPeopleOfThePolicy() {
    Map<String, Object> body = Map.of("person", "boris", "roles", List.of("dba"));

    assertThat(post("/tokens", body, admin()).status()).isEqualTo(201);
    assertProblem(post("/tokens", body, ana), 403, "not-entitled");
    assertProblem(
        post("/tokens", Map.of("person", "mallory", "roles", List.of("dba")), admin()),
        422,
        "not-in-policy");
    assertProblem(post("/tokens", Map.of("person", "boris"), admin()), 422, "missing-roles");
    Reply service =
        post(
            "/tokens",
            Map.of("person", "ci", "roles", List.of("release-manager"), "service", true),
            admin());
    assertThat(service.status()).isEqualTo(201);
    assertProblem(
        post("/promotions", start(), bearer(service.json().path("token").asText())),
        403,
        "not-entitled");
    JsonNode me = get("/me", boris).json();
    assertThat(me.path("person").asText()).isEqualTo("boris");
    assertThat(me.path("roles").toString()).isEqualTo("[\"dba\"]");
  }

  @Test
  void theDescription_listsEveryCall() {
    Reply reply = get("/openapi.json", Map.of());

    assertThat(reply.status()).isEqualTo(200);
    List<String> calls = new ArrayList<>();
    reply
        .json()
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(m -> calls.add(m + " " + path.getKey())));
    assertThat(calls)
        .contains(
            "post /api/v1/changes",
            "get /api/v1/changes",
            "get /api/v1/changes/{hash}",
            "get /api/v1/changes/{hash}/plan",
            "post /api/v1/promotions",
            "get /api/v1/promotions",
            "get /api/v1/promotions/{id}",
            "post /api/v1/promotions/{id}/sign-offs",
            "get /api/v1/promotions/{id}/journal",
            "get /api/v1/promotions/{id}/events",
            "get /api/v1/promotions/{id}/metrics",
            "get /api/v1/promotions/{id}/report.html",
            "get /api/v1/promotions/{id}/report.md",
            "get /api/v1/promotions/{id}/report.json",
            "get /api/v1/promotions/{id}/history.json",
            "get /api/v1/promotions/{id}/attachments/{name}",
            "get /api/v1/environments",
            "get /api/v1/me",
            "get /api/v1/me/awaiting",
            "get /api/v1/audit/verify",
            "post /api/v1/tokens");
    assertThat(calls)
        .containsAll(
            Stream.of("pause", "resume", "retry", "abort", "rollback", "extend", "acknowledge")
                .map(act -> "post /api/v1/promotions/{id}/" + act)
                .toList());
    assertThat(calls).noneMatch(call -> call.contains("/internal/"));
  }

  @Test
  void theAdminPort_tellsHealthAndFigures() {
    String admin = up.connections().path("api").path("admin").asText();

    Reply health = Http.get(admin + "/healthcheck", Map.of());
    Reply metrics = Http.get(admin + "/metrics", Map.of());

    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().path("database").path("healthy").asBoolean()).isTrue();
    assertThat(health.json().path("temporal").path("healthy").asBoolean()).isTrue();
    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.body()).contains("lockkeeper_promotions_running").contains("# TYPE");
  }

  private static void assertProblem(Reply reply, int status, String code) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.headers().get("Content-Type")).startsWith("application/problem+json");
    JsonNode problem = reply.json();
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("type").asText()).isEqualTo("/problems/" + code);
    assertThat(problem.path("title").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).isNotEmpty();
    assertThat(reply.body()).doesNotContain("Exception").doesNotContain("\\tat ");
  }

  private static JsonNode action(JsonNode promotion, String act) {
    for (JsonNode action : promotion.path("allowed_actions")) {
      if (action.path("action").asText().equals(act)) {
        return action;
      }
    }
    throw new AssertionError("no " + act + " in " + promotion.path("allowed_actions"));
  }

  private static List<String> ids(String stream) {
    return stream.lines().filter(l -> l.startsWith("id: ")).map(l -> l.substring(4)).toList();
  }

  private static Map<String, Object> start() {
    return new HashMap<>(Map.of("change", hash, "reason", "a test"));
  }

  private static Map<String, Object> without(String field) {
    Map<String, Object> body = start();
    body.remove(field);
    return body;
  }

  private static Map<String, Object> changed(Map<String, Object> body, String field, String value) {
    Map<String, Object> changed = new HashMap<>(body);
    changed.put(field, value);
    return changed;
  }

  private static String url(String path) {
    return up.url() + "/api/v1" + path;
  }

  private static Reply get(String path, Map<String, String> headers) {
    return Http.get(url(path), headers);
  }

  private static Reply post(String path, Object body, Map<String, String> headers) {
    return Http.post(url(path), Json.text(body).getBytes(UTF_8), with(headers, "application/json"));
  }

  private static Reply push(byte[] archive, Map<String, String> headers) {
    return Http.post(url("/changes"), archive, with(headers, "application/gzip"));
  }

  private static Map<String, String> with(Map<String, String> headers, String type) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Content-Type", type);
    return all;
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  private static Map<String, String> admin() {
    return bearer(up.adminToken());
  }
}
