/* test_quantity.c - amounts in thousandths. */
#include "pd_test.h"

#include "base/attr.h"
#include "solution/quantity.h"

static void amounts_become_thousandths(void **state)
{
        static const struct {
                const char *text;
                uint64_t milli;
        } rows[] = {
                {"0", 0},
                {"1", 1000},
                {"2.5", 2500},
                {".5", 500},
                {"1.", 1000},
                {"500m", 500},
                {"1m", 1},
                {"1n", 1},
                {"1500u", 2},
                {"0.0001", 1},
                {"1.0000001", 1001},
                {"1k", 1000000},
                {"1Ki", 1024000},
                {"1.5Gi", 1610612736000},
                {"64Mi", 67108864000},
                {"1e3", 1000000},
                {"1E3", 1000000},
                {"1e+3", 1000000},
                {"12e-1", 1200},
                {"1E", PD_QUANTITY_HUGE},
                {"1Ei", PD_QUANTITY_HUGE},
                {"16Pi", 18014398509481984000u},
                {"17Pi", PD_QUANTITY_HUGE},
                {"0Ei", 0},
                {"0e99999999999999999999", 0},
                {"1e99999999999999999999", PD_QUANTITY_HUGE},
                {"1e-99999999999999999999", 1},
                {"99999999999999999999", PD_QUANTITY_HUGE},
                {"99999999999999999999n", 100000000000000},
                {"1.123456789Ti", 1235253802809389},
                {"0.9999999999999999999Ti", 1099511627776000},
                {"0.99999999999999999999999999", 1000},
                {"18446744073709551.614", PD_QUANTITY_HUGE - 1},
                {"18446744073709551.615", PD_QUANTITY_HUGE},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                uint64_t milli = 7;

                print_message("# %s\n", rows[i].text);
                assert_true(pd_quantity_parse(rows[i].text, &milli));
                assert_true(milli == rows[i].milli);
        }
}

static void what_is_no_amount_is_refused(void **state)
{
        static const char *const texts[] = {"",    ".",  "-1",  "+1",   "1 Gi", "1gi", "1K",
                                            "1mi", "1e", "1e+", "1e1k", "Gi",   "1,5", "1.2.3",
                                            "0x1", "1 ", " 1",  "inf",  "1ki"};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(texts); i++) {
                print_message("# '%s'\n", texts[i]);
                assert_false(pd_quantity_parse(texts[i], NULL));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(amounts_become_thousandths),
                cmocka_unit_test(what_is_no_amount_is_refused),
        };

        return cmocka_run_group_tests_name("solution-quantity", tests, NULL, NULL);
}
