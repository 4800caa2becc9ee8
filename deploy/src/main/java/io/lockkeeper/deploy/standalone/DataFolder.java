package io.lockkeeper.deploy.standalone;

import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an installation keeps everything. One process at a time: the lock ends with it, however it
 * ends.
 */
public final class DataFolder implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path root, FileChannel channel, FileLock lock) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the folder, and makes it where it is missing, for the owner alone.
   *
   * @throws LockkeeperException where another process has it, or it cannot be written
   */
  public static DataFolder open(Path root) {
    try {
      if (!Files.isDirectory(root)) {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, OWNERS_FOLDER);
      }
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw problem(
            root, "another lockkeeper uses it", "End that one, or choose another --data", null);
      }
      return new DataFolder(root.toAbsolutePath(), channel, lock);
    } catch (IOException e) {
      throw problem(
          root,
          "it cannot be written: " + e.getClass().getSimpleName(),
          "Choose another --data, or let this user write there",
          e);
    }
  }

  public Path path(String name) {
    return root.resolve(name);
  }

  /** A folder inside, made where it is missing; for the owner alone: dumps lie there, and logs. */
  public Path folder(String name) {
    try {
      Path folder = Files.createDirectories(root.resolve(name));
      Files.setPosixFilePermissions(folder, OWNERS_FOLDER);
      return folder;
    } catch (IOException e) {
      throw problem(root, "the folder " + name + " cannot be made", "Free the disk", e);
    }
  }

  /** A secret that is made once and kept in a file that only the owner reads. */
  public String secret(String name) {
    Path file = path(name);
    try {
      if (!Files.exists(file)) {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        writePrivate(name, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw problem(root, "the file " + name + " cannot be read", "Let this user read it", e);
    }
  }

  /** Writes a file that only the owner reads; readers see the old or the new, never a half. */
  public void writePrivate(String name, String text) {
    Path file = path(name);
    try {
      if (!root.equals(file.getParent())) {
        folder(root.relativize(file.getParent()).toString());
      }
      Path part = Files.createTempFile(file.getParent(), "new", ".part");
      Files.setPosixFilePermissions(part, OWNER);
      Files.writeString(part, text + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw problem(root, "the file " + name + " cannot be written", "Free the disk", e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw problem(root, "its lock cannot be released", "Nothing is to be done", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /**
   * Says that this folder may be emptied at every start.
   *
   * @throws LockkeeperException where it holds an installation that was not made so
   */
  void claim(String purpose) {
    if (Files.exists(root.resolve("postgres")) && !Files.exists(root.resolve(purpose))) {
      throw problem(
          root,
          "it holds an installation that is kept, and a " + purpose + " starts from nothing",
          "Choose another --data",
          null);
    }
    writePrivate(purpose, "emptied at every start\n");
  }

  private static LockkeeperException problem(
      Path root, String found, String todo, @Nullable Throwable cause) {
    return new LockkeeperException(
        FailureCode.DATA_FOLDER,
        "using the data folder " + root,
        found,
        "nothing was started",
        todo,
        cause);
  }
}
