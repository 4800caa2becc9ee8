package io.lockkeeper.signoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.fixture.Samples;
import io.lockkeeper.json.Json;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierTest {
  private static final SigningKey KEY = SigningKey.parse(SigningKey.generate());
  private static final Statement STATEMENT = Samples.of(Statement.class, 1);

  private final Verifier verifier = new Verifier(Set.of(KEY.publicKey()));
  private final SignedStatement signed = KEY.sign(STATEMENT);

  private static String encoded(Statement statement) {
    return Base64.getEncoder().encodeToString(Json.canonical(statement));
  }

  private void assertRefused(SignedStatement statement, String message) {
    assertThatThrownBy(() -> verifier.verify(statement))
        .isInstanceOf(BadStatementException.class)
        .hasMessage(message);
  }

  @Test
  void signedStatement_isVerifiedAsItWasSigned() throws BadStatementException {
    assertThat(verifier.verify(signed)).isEqualTo(STATEMENT);
  }

  @Test
  void statementThatWentThroughJson_isVerified() throws BadStatementException {
    SignedStatement read = Json.read(Json.text(signed), SignedStatement.class);

    assertThat(verifier.verify(read)).isEqualTo(STATEMENT);
  }

  private static Stream<RecordComponent> parts() {
    return Arrays.stream(Statement.class.getRecordComponents());
  }

  @ParameterizedTest
  @MethodSource("parts")
  void everyChangedPart_breaksTheSignature(RecordComponent part) {
    Statement changed = Samples.with(STATEMENT, part, Samples.other(part));

    assertThat(changed).isNotEqualTo(STATEMENT);
    assertRefused(
        new SignedStatement(encoded(changed), signed.key(), signed.signature()),
        "the signature does not fit the statement");
  }

  @ParameterizedTest
  @ValueSource(strings = {"environment", "evidence", "role", "decision", "option", "by"})
  void everyPartTakenAway_breaksTheSignature(String name) {
    RecordComponent part = parts().filter(p -> p.getName().equals(name)).findFirst().orElseThrow();
    Statement changed = Samples.with(STATEMENT, part, Optional.empty());

    assertRefused(
        new SignedStatement(encoded(changed), signed.key(), signed.signature()),
        "the signature does not fit the statement");
  }

  @Test
  void everyChangedByteOfTheSignature_isRefused() {
    byte[] signature = Base64.getDecoder().decode(signed.signature());
    for (int i = 0; i < signature.length; i++) {
      byte[] changed = signature.clone();
      changed[i] ^= 1;

      SignedStatement forged =
          new SignedStatement(
              signed.statement(), signed.key(), Base64.getEncoder().encodeToString(changed));
      assertThatThrownBy(() -> verifier.verify(forged)).isInstanceOf(BadStatementException.class);
    }
  }

  @Test
  void unsignedStatement_isRefused() {
    assertRefused(
        new SignedStatement(signed.statement(), signed.key(), ""), "the statement is not signed");
  }

  /** What anybody can send to Temporal without us. */
  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"statement\":null,\"key\":null}", "{\"statement\":\"x\"}"})
  void halfAStatement_isRefusedAsUnsigned(String json) {
    assertRefused(Json.read(json, SignedStatement.class), "the statement is not signed");
  }

  @Test
  void strangersKey_isRefused() {
    SigningKey stranger = SigningKey.parse(SigningKey.generate());

    assertRefused(
        stranger.sign(STATEMENT), "the statement is signed by a key that is not trusted here");
    assertRefused(
        Json.read("{\"signature\":\"x\"}", SignedStatement.class),
        "the statement is signed by a key that is not trusted here");
  }

  @Test
  void strangersSignatureUnderATrustedKey_isRefused() {
    SignedStatement strange = SigningKey.parse(SigningKey.generate()).sign(STATEMENT);

    assertRefused(
        new SignedStatement(strange.statement(), signed.key(), strange.signature()),
        "the signature does not fit the statement");
  }

  @Test
  void nobodyTrusted_refusesEverything() {
    assertThatThrownBy(() -> new Verifier(Set.of()).verify(signed))
        .isInstanceOf(BadStatementException.class)
        .hasMessage("the statement is signed by a key that is not trusted here");
  }

  @Test
  void unreadableStatementOrSignature_isRefused() {
    String message = "the statement or its signature cannot be read";

    assertRefused(new SignedStatement("%", signed.key(), signed.signature()), message);
    assertRefused(new SignedStatement(signed.statement(), signed.key(), "%"), message);
    assertRefused(new SignedStatement(signed.statement(), signed.key(), "AAAA"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "ed25519:", "ed25519:%", "ed25519:AAAA"})
  void trustedKeyThatIsNone_refusesItsStatements(String key) {
    SignedStatement odd = new SignedStatement(signed.statement(), key, signed.signature());

    assertThatThrownBy(() -> new Verifier(Set.of(key)).verify(odd))
        .isInstanceOf(BadStatementException.class)
        .hasMessage("the statement or its signature cannot be read");
  }

  @Test
  void key_signsTheSameAfterItWasReadAgain() throws BadStatementException {
    String text = SigningKey.generate();

    SignedStatement first = SigningKey.parse(text).sign(STATEMENT);
    SignedStatement again = SigningKey.parse(text + "\n").sign(STATEMENT);

    assertThat(again).isEqualTo(first);
    assertThat(first.key()).startsWith("ed25519:").isNotEqualTo(signed.key());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "AAAA:AAAA", "%:%", "ed25519:AAAA"})
  void textThatIsNoKey_isRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> SigningKey.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a signing key");
  }

  @Test
  void grant_isFoundByItsPlace() {
    Statement.TargetGrant grant = STATEMENT.targets().get(0);

    assertThat(STATEMENT.grant(grant.environment())).isEqualTo(Optional.of(grant));
    assertThat(STATEMENT.grant("elsewhere")).isEmpty();
  }

  @Test
  void onlyStopping_isSafe() {
    List<Action> safe = Arrays.stream(Action.values()).filter(Action::safe).toList();

    assertThat(safe).containsExactly(Action.PAUSE, Action.ABORT);
  }
}
