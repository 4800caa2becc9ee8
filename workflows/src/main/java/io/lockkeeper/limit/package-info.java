/**
 * Limits: what people write as {@code probe.*.p95 > baseline + 20% for 60s}, and how a reading is
 * judged by it. Pure values; knows nothing of promotions.
 *
 * <pre>{@code
 * limit      = metric , ( comparison | band ) , [ "for" , duration ] ;
 * comparison = ( "<" | "<=" | ">" | ">=" | "=" ) , ( growth | relative | quantity | text ) ;
 * band       = "within" , quantity , ".." , quantity , [ "of" , reference ] ;
 * growth     = "+" , quantity , "in" , duration ;
 * relative   = reference , [ ( "+" | "-" | "*" | "/" ) , quantity ] ;
 * reference  = "baseline" ;
 * metric     = part , { "." , part } ;
 * part       = "*" | ( letter , { letter | digit | "_" | "-" } ) ;
 * quantity   = [ "-" ] , number , [ unit ] ;
 * unit       = "us" | "ms" | "s" | "m" | "h" | "d"
 *            | "B" | "kB" | "MB" | "GB" | "TB" | "KiB" | "MiB" | "GiB" | "TiB"
 *            | "%" | "point" | "points" | "/s" ;
 * duration   = { number , ( "ms" | "s" | "m" | "h" | "d" ) } ;
 * text       = any other characters, or characters in double quotes ;
 * }</pre>
 *
 * <p>Units: seconds, bytes, ratios (20% is 0.2) and plain counts inside; a metric with a unit wants
 * a limit with a unit. {@code baseline + 20%} is relative, {@code baseline + 5 points} adds
 * percentage points, {@code within 70%..130% of baseline} is a band. {@code MB} is 10^6, {@code
 * MiB} 2^20. {@code for} left out means 60 s, and at once for counters. Only {@code value} and
 * shares may be below zero, and never a change of the baseline or a growth. A probe's, a check's
 * and a precheck's limits are judged on one reading, so they have neither growth nor {@code for}; a
 * check's and a precheck's have no baseline.
 */
@NullMarked
package io.lockkeeper.limit;

import org.jspecify.annotations.NullMarked;
