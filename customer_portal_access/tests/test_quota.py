from ..utils import LIMITS
from .common import CustomerCase


class TestQuota(CustomerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quota = cls.env["customer.quota"]
        cls.limit = LIMITS["recovery_access"]

    def _use_up(self, key):
        return [self.quota._take("recovery_access", key) for _use in range(self.limit.maximum)]

    def test_granted_up_to_the_limit_then_wait(self):
        self.assertEqual(self._use_up("a"), [0] * self.limit.maximum)
        wait = self.quota._take("recovery_access", "a")
        self.assertTrue(0 < wait <= self.limit.seconds)
        self.assertEqual(self.quota._take("recovery_access", "b"), 0, "Each key on its own.")

    def test_opens_again_after_its_time(self):
        self._use_up("a")
        self.env.cr.execute(
            "UPDATE customer_quota SET started_at = started_at - make_interval(secs => %s)",
            [self.limit.seconds],
        )
        self.assertEqual(self.quota._wait("recovery_access", "a"), 0)
        self.assertEqual(self.quota._take("recovery_access", "a"), 0)

    def test_a_limit_of_zero_grants_nothing(self):
        self.assertTrue(self.quota._take("sms_company", 1, 0))

    def test_given_back(self):
        self._use_up("a")
        self.quota._give_back("recovery_access", "a")
        self.assertEqual(self.quota._take("recovery_access", "a"), 0)

    def test_addresses_count_private_ones_do_not(self):
        maximum = LIMITS["sms_address"].maximum
        for address, over in {
            "8.8.8.8": True,
            "127.0.0.1": False,
            "10.1.2.3": False,
            "::ffff:8.8.4.4": True,
            "::ffff:127.0.0.1": False,
            "::1": False,
        }.items():
            with self.subTest(address=address):
                for _use in range(maximum):
                    self.quota._take_address("sms_address", address)
                self.assertEqual(bool(self.quota._take_address("sms_address", address)), over)

    def test_a_network_of_ipv6_counts_as_one_client(self):
        for use in range(LIMITS["sms_address"].maximum):
            self.quota._take_address("sms_address", f"2a00:1450:1::{use:x}")
        self.assertTrue(self.quota._take_address("sms_address", "2a00:1450:1::ffff"))
        self.assertFalse(self.quota._take_address("sms_address", "2a00:1450:2::1"))

    def test_garbage_is_collected(self):
        self._use_up("a")
        self.env.cr.execute("UPDATE customer_quota SET started_at = '2020-01-01'")
        self.quota._gc_quotas()
        self.assertFalse(self.quota.search([]))
