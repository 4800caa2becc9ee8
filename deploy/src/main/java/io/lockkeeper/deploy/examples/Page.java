package io.lockkeeper.deploy.examples;

import java.util.List;
import java.util.Optional;

/**
 * A page of an example's application.
 *
 * @param example whose page it is
 * @param name its path
 * @param list what its JSON list is called
 * @param sql what it shows
 */
record Page(String example, String name, String list, String sql) {
  private static final List<Page> ALL =
      List.of(
          new Page(
              "magnus",
              "screener",
              "stocks",
              "SELECT symbol, market_cap FROM stocks WHERE sector = 'Technology'"
                  + " ORDER BY market_cap DESC, id LIMIT 25"),
          new Page(
              "magnus",
              "portfolio",
              "positions",
              "SELECT symbol, sum(quantity) FROM positions WHERE user_id ="
                  + " md5('user 7')::uuid AND status = 'open' GROUP BY symbol ORDER BY symbol"),
          new Page(
              "magnus",
              "options",
              "chain",
              "SELECT strike_price, bid FROM options_chains WHERE symbol = 'S7' AND"
                  + " expiration_date BETWEEN current_date AND current_date + 45"
                  + " AND option_type = 'put' ORDER BY strike_price, id LIMIT 25"),
          new Page(
              "magnus",
              "kalshi",
              "markets",
              "SELECT ticker, volume FROM kalshi_markets WHERE status = 'open'"
                  + " ORDER BY volume DESC, id LIMIT 25"),
          new Page(
              "magnus",
              "nfl",
              "games",
              "SELECT home, away FROM nfl_games WHERE game_status IN ('scheduled', 'live')"
                  + " ORDER BY game_time, id LIMIT 25"),
          new Page(
              "contacts",
              "contacts",
              "organizations",
              "SELECT o.name, count(*) FROM organizations o"
                  + " JOIN organization_members m ON m.org_id = o.id"
                  + " GROUP BY o.name ORDER BY o.name LIMIT 25"),
          new Page(
              "menuca",
              "menu",
              "dishes",
              "SELECT name, display_order FROM menuca_v3.dishes WHERE restaurant_id = 7"
                  + " AND is_active ORDER BY display_order, id LIMIT 25"),
          new Page(
              "dashboard",
              "history",
              "points",
              "SELECT created_at, value FROM metrics WHERE metric_type = 'cpu' AND created_at >="
                  + " (SELECT max(created_at) - interval '1 hour' FROM metrics)"
                  + " ORDER BY created_at DESC, id DESC LIMIT 25"));

  static List<Page> of(String example) {
    return ALL.stream().filter(page -> page.example().equals(example)).toList();
  }

  static Optional<Page> named(String name) {
    return ALL.stream().filter(page -> page.name().equals(name)).findFirst();
  }
}
