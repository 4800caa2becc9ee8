package io.lockkeeper.api.reports;

import io.lockkeeper.api.promotions.Promotions;
import io.lockkeeper.api.series.SeriesStore;
import io.lockkeeper.series.KeptSeries;
import io.lockkeeper.soak.SoakOrder;
import io.lockkeeper.step.Attachment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What views have beside the journal: series that are kept, and what is observed now.
 *
 * @param running soaks and watches that are not over
 */
record Sources(KeptSeries kept, List<SoakOrder> running) {
  Sources {
    running = List.copyOf(running);
  }

  /** To be read before the journal: what ends in between is in both, and none is lost. */
  static Sources of(String promotion, Promotions promotions, SeriesStore series) {
    List<SoakOrder> running = promotions.observing(promotion);
    Map<String, List<Attachment>> windows = new LinkedHashMap<>();
    running.forEach(soak -> windows.put(soak.plan().name(), soak.series()));
    return new Sources(series.read(promotion, windows), running);
  }
}
