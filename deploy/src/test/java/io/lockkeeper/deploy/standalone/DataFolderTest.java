package io.lockkeeper.deploy.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir private Path folder;

  @Test
  void aNewFolderAndAllInIt_areForTheOwnerAlone() throws IOException {
    Path root = folder.resolve("new");
    try (DataFolder data = DataFolder.open(root)) {
      data.secret("secrets/one");

      assertThat(mode(root)).isEqualTo("rwx------");
      assertThat(mode(data.folder("backups"))).isEqualTo("rwx------");
      assertThat(mode(root.resolve("secrets"))).isEqualTo("rwx------");
      assertThat(mode(root.resolve("secrets/one"))).isEqualTo("rw-------");
    }
  }

  @Test
  void aFolderThatWasThere_keepsItsModeAndItsBackupsAreHidden() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path old = Files.createDirectory(folder.resolve("backups"));
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (DataFolder data = DataFolder.open(folder)) {
      data.folder("backups");

      assertThat(mode(folder)).isEqualTo("rwxr-xr-x");
      assertThat(mode(old)).isEqualTo("rwx------");
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
