package io.lockkeeper.activities.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRefTest {
  private static final String SECRET = "correct horse battery staple";

  @TempDir private Path directory = Path.of("");

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private Path command(String script) throws IOException {
    Path command = file("secret.sh", "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    return command;
  }

  private static void assertUnreadable(String reference, String why) {
    assertThatThrownBy(() -> SecretRef.parse(reference).read())
        .isInstanceOf(LockkeeperException.class)
        .hasMessage(
            "LK-CONFIGURATION: reading the secret "
                + reference
                + ": "
                + why
                + ". nothing can connect with it. Provide it and try again.");
  }

  @Test
  void file_isReadEachTimeWithoutItsLineBreak() throws IOException {
    SecretRef secret = SecretRef.parse("file:" + file("password", SECRET + "\n"));

    assertThat(secret.read()).isEqualTo(SECRET);
    file("password", "rotated\n");
    assertThat(secret.read()).isEqualTo("rotated");
  }

  @Test
  void command_givesItsOutput() throws IOException {
    assertThat(SecretRef.parse("command:" + command("echo '" + SECRET + "'")).read())
        .isEqualTo(SECRET);
  }

  @Test
  void variable_isReadFromTheEnvironment() {
    assertThat(SecretRef.parse("env:PATH").read()).isEqualTo(System.getenv("PATH"));
  }

  /** Somebody wrote the password where its place belongs: it is not repeated to him. */
  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "pass:hunter2", ":hunter2", "ENV:hunter2", "env:", "file:"})
  void secretWrittenInPlace_isRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> SecretRef.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a secret is written env:NAME, file:PATH or command:NAME, never itself");
  }

  @Test
  void secretThatCannotBeRead_tellsItsPlaceAndWhy() throws IOException {
    assertUnreadable("env:NOBODY_SETS_THIS", "it is empty or not set");
    assertUnreadable("file:" + directory.resolve("nowhere"), "NoSuchFileException");
    assertUnreadable("file:" + file("empty", "\n"), "it is empty or not set");
    assertUnreadable("command:/nowhere/secret.sh", "IOException");
  }

  @Test
  void commandThatFailed_doesNotShowWhatItPrinted() throws IOException {
    Path command = command("echo '" + SECRET + "'; exit 1");

    assertUnreadable("command:" + command, "the command failed or took over 10 s");
  }

  @Test
  void reference_printsItsPlaceAlone() throws IOException {
    SecretRef secret = SecretRef.parse("file:" + file("password", SECRET));
    TargetSettings settings =
        new TargetSettings(
            "magnus", "jdbc:postgresql://h/magnus", "engine", secret, Optional.empty());

    assertThat(secret).hasToString("file:" + directory.resolve("password"));
    assertThat(settings.toString()).doesNotContain(SECRET);
  }
}
