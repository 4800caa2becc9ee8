package io.lockkeeper.activities.http;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** The first bytes of an answer: what comes after them is not waited for, and not kept. */
final class Bounded<T> implements BodySubscriber<T> {
  private final BodySubscriber<T> first;
  private int left;
  private @Nullable Subscription subscription;

  private Bounded(int most, BodySubscriber<T> first) {
    this.left = most;
    this.first = first;
  }

  /**
   * @param most bytes; more than zero
   * @param first what becomes of them
   */
  static <T> BodyHandler<T> of(int most, BodyHandler<T> first) {
    return info -> new Bounded<>(most, first.apply(info));
  }

  @Override
  public CompletionStage<T> getBody() {
    return first.getBody();
  }

  @Override
  public void onSubscribe(Subscription answer) {
    subscription = answer;
    first.onSubscribe(answer);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (left == 0) {
      return;
    }
    List<ByteBuffer> parts = new ArrayList<>();
    for (ByteBuffer buffer : buffers) {
      ByteBuffer part = buffer.slice(buffer.position(), Math.min(buffer.remaining(), left));
      left -= part.remaining();
      parts.add(part);
    }
    first.onNext(parts);
    if (left == 0 && subscription != null) {
      subscription.cancel();
      first.onComplete();
    }
  }

  @Override
  public void onError(Throwable problem) {
    if (left > 0) {
      first.onError(problem);
    }
  }

  @Override
  public void onComplete() {
    if (left > 0) {
      first.onComplete();
    }
  }
}
