/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connection strings to the private cluster. */
#include "gymtui/cluster/cluster.h"

#include <stdio.h>

/* A value of a connection string, in quotes. */
static void conninfo_quote(char *dst, size_t size, const char *text)
{
    size_t used = 0;
    dst[used++] = '\'';
    for (; *text != '\0' && used + 4 < size; text++) {
        if (*text == '\'' || *text == '\\')
            dst[used++] = '\\';
        dst[used++] = *text;
    }
    dst[used++] = '\'';
    dst[used] = '\0';
}

void cluster_conninfo(const struct cluster *cluster, char *dst, size_t size)
{
    char host[1100];
    conninfo_quote(host, sizeof host, cluster->socket);
    snprintf(dst, size, "host=%s port=" CLUSTER_PORT " dbname=" CLUSTER_DATABASE, host);
}

void cluster_admin_conninfo(const struct cluster *cluster, const char *database, char *dst,
                            size_t size)
{
    char host[1100], name[200];
    conninfo_quote(host, sizeof host, cluster->socket);
    conninfo_quote(name, sizeof name, database != NULL ? database : CLUSTER_DATABASE);
    snprintf(dst, size, "host=%s port=" CLUSTER_PORT " dbname=%s user=" CLUSTER_SUPERUSER, host,
             name);
}
