/* pace.c - whether a request is tried again, and when. */
#include "fetch/pace.h"

bool pd_pace_is_passing(int status)
{
        return status == 429 || status == 502 || status == 503 || status == 504;
}

int64_t pd_pace_pause(unsigned tries, int64_t retry_after_s, int64_t left_ms, uint32_t random)
{
        int64_t longest = PD_PACE_FIRST_MS;
        int64_t pause;

        for (unsigned i = 1; i < tries && longest < PD_PACE_LONGEST_MS; i++)
                longest *= 2;
        if (longest > PD_PACE_LONGEST_MS)
                longest = PD_PACE_LONGEST_MS;
        pause = longest / 2 + (int64_t)(random % (uint32_t)(longest / 2 + 1));

        if (retry_after_s > PD_PACE_MAX_RETRY_AFTER_MS / 1000)
                return -1;
        if (retry_after_s >= 0 && retry_after_s * 1000 > pause)
                pause = retry_after_s * 1000;
        return pause < left_ms ? pause : -1;
}
