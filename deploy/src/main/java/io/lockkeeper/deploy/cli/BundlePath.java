package io.lockkeeper.deploy.cli;

import io.lockkeeper.change.Bundle;
import io.lockkeeper.change.BundleFiles;
import io.lockkeeper.change.ChangeReader;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** A bundle on disk: a folder, or its archive. */
final class BundlePath {
  private BundlePath() {}

  /** Whether something of that name is there, so that it is not a change's name. */
  static boolean exists(String path) {
    return Files.exists(Path.of(path));
  }

  static SortedMap<String, byte[]> files(Path path, Findings findings) {
    if (!Files.exists(path)) {
      throw new LockkeeperException(
          FailureCode.NOT_FOUND,
          "reading the bundle " + path,
          "there is no such folder or file",
          "nothing was done",
          "Name a folder with a change.yaml in it");
    }
    try {
      return Files.isDirectory(path)
          ? BundleFiles.ofFolder(path, findings)
          : BundleFiles.ofArchive(Files.readAllBytes(path), findings);
    } catch (IOException e) {
      throw new LockkeeperException(
          FailureCode.CONFIGURATION,
          "reading the bundle " + path,
          e.getClass().getSimpleName(),
          "nothing was done",
          "Let this user read it",
          e);
    }
  }

  static Optional<Bundle> read(Path path, Findings findings) {
    return ChangeReader.read(files(path, findings), findings);
  }

  /** All that is found. */
  static List<Finding> lint(SortedMap<String, byte[]> files, Findings findings) {
    ChangeReader.read(files, findings);
    return findings.all();
  }

  /** As it is pushed; findings are the server's to tell. */
  static byte[] archive(Path path) {
    Findings findings = new Findings();
    byte[] archive = BundleFiles.archive(files(path, findings));
    findings.refuseErrors();
    return archive;
  }
}
