/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gymtui/model/gamma.h"

#include <math.h>

#define LEAST        10.0 /* where eight terms of the series are enough */
#define HALF_LOG_2PI .918938533204672742

struct gamma_values gamma_at(double x)
{
    double product = 1, psi = 0, psi1 = 0;
    while (x < LEAST) {
        double by = 1 / x;
        product *= x;
        psi -= by;
        psi1 += by * by;
        x += 1;
    }
    double by = 1 / x, by2 = by * by, log_x = log(x);
    double log_rest =
        by * (1. / 12 -
              by2 * (1. / 360 -
                     by2 * (1. / 1260 -
                            by2 * (1. / 1680 -
                                   by2 * (1. / 1188 - by2 * (691. / 360360 - by2 * (1. / 156)))))));
    double psi_rest =
        by2 *
        (1. / 12 -
         by2 * (1. / 120 -
                by2 * (1. / 252 - by2 * (1. / 240 - by2 * (1. / 132 - by2 * (691. / 32760 -
                                                                             by2 * (1. / 12)))))));
    double psi1_rest =
        by * by2 *
        (1. / 6 -
         by2 * (1. / 30 -
                by2 * (1. / 42 -
                       by2 * (1. / 30 - by2 * (5. / 66 - by2 * (691. / 2730 - by2 * (7. / 6)))))));
    return (struct gamma_values){
        .log = (x - .5) * log_x - x + HALF_LOG_2PI + log_rest - (product == 1 ? 0 : log(product)),
        .psi = psi + log_x - .5 * by - psi_rest,
        .psi1 = psi1 + by + .5 * by2 + psi1_rest,
    };
}
