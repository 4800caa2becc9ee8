package io.lockkeeper.activities.backup;

import io.lockkeeper.blob.Sha256;
import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The directory of a target's backups: files, and a manifest beside each that is complete. */
final class BackupStore {
  private static final String MANIFEST = ".manifest.json";

  private final Path directory;

  BackupStore(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** The newest complete backup of a database. */
  Optional<Manifest> newest(TargetIdentity identity) throws IOException {
    return manifests().stream()
        .filter(manifest -> manifest.identity().equals(identity))
        .max(Comparator.comparing(Manifest::takenAt));
  }

  /** The complete backup that was taken for a promotion. */
  Optional<Manifest> of(String promotion, TargetIdentity identity) throws IOException {
    return manifests().stream()
        .filter(manifest -> manifest.promotion().equals(promotion))
        .filter(manifest -> manifest.identity().equals(identity))
        .max(Comparator.comparing(Manifest::takenAt));
  }

  /** {@code dev_backup_2026-11-21}, with a number behind it where the day has one already. */
  String freeId(String environment, LocalDate day) {
    String id = environment + "_backup_" + day;
    String free = id;
    for (int i = 2; Files.exists(file(free + MANIFEST)); i++) {
      free = id + "_" + i;
    }
    return free;
  }

  void write(Manifest manifest) throws IOException {
    Path part = file(manifest.id() + MANIFEST + ".part");
    Files.write(part, Json.canonical(manifest));
    sync(part);
    Files.move(part, file(manifest.id() + MANIFEST), StandardCopyOption.ATOMIC_MOVE);
  }

  /** From now on the file counts as whole. */
  void complete(Path part, String name) throws IOException {
    sync(part);
    Files.move(part, file(name), StandardCopyOption.ATOMIC_MOVE);
  }

  static String sha256(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** All that are complete, in no order. */
  List<Manifest> manifests() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().endsWith(MANIFEST)).toList();
      List<Manifest> manifests = new ArrayList<>();
      for (Path file : found) {
        try {
          manifests.add(Json.read(Files.readAllBytes(file), Manifest.class));
        } catch (IllegalArgumentException e) {
          throw new IOException("not a manifest: " + file, e);
        }
      }
      return manifests;
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
