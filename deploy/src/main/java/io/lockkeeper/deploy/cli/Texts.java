package io.lockkeeper.deploy.cli;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a person names. */
final class Texts {
  private Texts() {}

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "reading " + file,
          e.getClass().getSimpleName(),
          "nothing was started",
          "Name a file that is there and can be read",
          e);
    }
  }
}
