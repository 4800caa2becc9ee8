package io.lockkeeper.activities.backup;

import io.lockkeeper.blob.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The directory of backups: files or folders, and a manifest beside each that is complete. What is
 * not complete ends in {@code .part}. Safe for several processes.
 */
final class BackupStore {
  static final String PART = ".part";

  /** This process: {@code 4711@host}. */
  private static final String ME = ManagementFactory.getRuntimeMXBean().getName();

  /** Marks of this process whose backups are being taken. */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path directory;

  BackupStore(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** Those that are whole, in no order: complete, and as they were written, as far as they tell. */
  List<Manifest> manifests() throws IOException {
    return manifestFiles().stream()
        .filter(file -> file instanceof ManifestFile.Whole)
        .map(file -> ((ManifestFile.Whole) file).manifest())
        .toList();
  }

  /** All manifests, those that say nothing too. */
  List<ManifestFile> manifestFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found =
          files
              .filter(file -> file.getFileName().toString().endsWith(ManifestFile.SUFFIX))
              .sorted()
              .toList();
      List<ManifestFile> manifests = new ArrayList<>();
      for (Path file : found) {
        manifests.add(ManifestFile.read(file.getFileName().toString(), Files.readAllBytes(file)));
      }
      return manifests;
    }
  }

  /**
   * Keeps a name for one that is taken now: {@code dev_backup_2026-11-21}, with a number behind it
   * where it is used already.
   */
  Reserved reserve(String wished) throws IOException {
    String id = wished;
    for (int i = 2; ; i++) {
      Path mark = file(id + PART);
      forgetDead(id, mark);
      if (!Files.exists(file(id + ManifestFile.SUFFIX)) && create(mark)) {
        return new Reserved(id, mark);
      }
      id = wished + "_" + i;
    }
  }

  /**
   * A name that nobody else takes while this is open.
   *
   * @param mark the file that says so
   */
  record Reserved(String id, Path mark) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      Files.deleteIfExists(mark);
      OPEN.remove(mark);
    }
  }

  /** What a process that is gone has begun is nobody's. */
  private void forgetDead(String id, Path mark) throws IOException {
    if (!Files.exists(mark) || OPEN.contains(mark) || !isDead(Files.readString(mark).strip())) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(id + ".") && name.endsWith(PART)) {
          delete(file);
        }
      }
    }
  }

  /**
   * @param process as {@link #ME}; one of another machine cannot be told
   */
  private static boolean isDead(String process) {
    int at = process.indexOf('@');
    boolean here = at > 0 && process.substring(at).equals(ME.substring(ME.indexOf('@')));
    return here
        && process.substring(0, at).matches("[0-9]{1,18}")
        && (process.equals(ME)
            || ProcessHandle.of(Long.parseLong(process.substring(0, at))).isEmpty());
  }

  void write(Manifest manifest) throws IOException {
    Path part = file(manifest.id() + ManifestFile.SUFFIX + PART);
    Files.write(part, ManifestFile.bytes(manifest));
    sync(part);
    Files.move(part, file(manifest.id() + ManifestFile.SUFFIX), StandardCopyOption.ATOMIC_MOVE);
    syncDirectory();
  }

  /** From now on the file, or the folder with all in it, counts as whole. */
  void complete(Path part, String name) throws IOException {
    if (Files.isDirectory(part)) {
      delete(file(name));
      for (Path file : inside(part)) {
        sync(file);
      }
    } else {
      sync(part);
    }
    Files.move(part, file(name), StandardCopyOption.ATOMIC_MOVE);
    syncDirectory();
  }

  /** A file, or a folder with the files in it; nothing where it is not there. */
  static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      for (Path file : inside(path)) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(path);
  }

  /** Bytes of a file, or of all in a folder; zero where it is not there. */
  static long size(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Files.exists(path) ? Files.size(path) : 0;
    }
    long size = 0;
    for (Path file : inside(path)) {
      size += Files.size(file);
    }
    return size;
  }

  static String sha256(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** SHA-256 of each file of a folder, by name. */
  static SortedMap<String, String> hashes(Path folder) throws IOException {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path file : inside(folder)) {
      hashes.put(file.getFileName().toString(), sha256(file));
    }
    return hashes;
  }

  /** Of the list of files with their hashes. */
  static String sha256(SortedMap<String, String> hashes) {
    StringBuilder list = new StringBuilder();
    hashes.forEach((name, hash) -> list.append(hash).append("  ").append(name).append('\n'));
    return Sha256.hex(list.toString());
  }

  private static List<Path> inside(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(Comparator.comparing(Path::toString)).toList();
    }
  }

  private static boolean create(Path mark) throws IOException {
    try {
      Files.writeString(mark, ME, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      OPEN.add(mark);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
