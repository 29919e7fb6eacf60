"""Tests of the key check, with calls as the wire records them: python3 tests/cloud/keys_test.py"""

import sys
import unittest

sys.dont_write_bytecode = True

from keys import LEADING, bound, fits, key_of, strays
from wire import Call

TABLE = "PaymentsTable"
PUT, GET = ("dynamodb:PutItem", TABLE), ("dynamodb:GetItem", TABLE)
QUERY = ("dynamodb:Query", TABLE + "/index/due")


def statement(actions, patterns, **more):
    condition = {"ForAllValues:StringLike": {LEADING: patterns}, "Null": {LEADING: "false"}} | more
    return {"Effect": "Allow", "Action": actions, "Resource": TABLE, "Condition": condition}


def found(document, *calls):
    bounds = bound(document, lambda name: name)
    return strays("f", [Call("f", right, False, key) for right, key in calls], bounds)


ORDERS = {"Statement": [statement(["dynamodb:PutItem"], ["O#*"])]}
BOTH = {"Statement": [statement(["dynamodb:PutItem", "dynamodb:GetItem"], ["O#*"]),
                      statement("dynamodb:PutItem", "P#*"),
                      {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": QUERY[1]}]}


class Keys(unittest.TestCase):
    def test_what_is_within_the_patterns_and_uses_each_is_no_stray(self):
        self.assertEqual(found(ORDERS, (PUT, "O#ORD_1")), [])
        calls = [(PUT, "O#ORD_1"), (GET, "O#ORD_1"), (PUT, "P#sandbox#evt_1"), (QUERY, None)]
        self.assertEqual(found(BOTH, *calls), [])

    def test_a_wrong_key_is_found_and_so_is_none(self):
        wrong = found(ORDERS, (PUT, "O#ORD_1"), (PUT, "P#sandbox#evt_1"), (PUT, None))
        self.assertEqual(wrong, [
            "f calls dynamodb:PutItem on PaymentsTable with the key P#sandbox#evt_1, which is not O#*",
            "f calls dynamodb:PutItem on PaymentsTable with the key None, which is not O#*"])

    def test_a_pattern_that_nobody_needs_is_found(self):
        unneeded = found(BOTH, (PUT, "O#ORD_1"), (GET, "O#ORD_1"))
        self.assertEqual(unneeded, ["f never calls dynamodb:PutItem on PaymentsTable with a key of P#*"])

    def test_a_right_to_any_item_is_found(self):
        free = {"Statement": [{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": TABLE}]}
        self.assertEqual(found(free, (PUT, "O#ORD_1")), ["f may dynamodb:PutItem on PaymentsTable with any key"])

    def test_a_condition_of_another_form_is_not_passed_over(self):
        like = {"ForAllValues:StringLike": {LEADING: ["O#*"]}}
        for condition in [like, like | {"Null": {LEADING: "true"}}, {"StringLike": {LEADING: ["O#*"]}}, {},
                          like | {"Null": {LEADING: "false"}, "Bool": {"aws:SecureTransport": "true"}}]:
            with self.assertRaises(ValueError, msg=str(condition)):
                bound({"Statement": [{"Action": "a:B", "Resource": "c", "Condition": condition}]}, str)

    def test_a_pattern_is_read_as_iam_reads_it(self):
        for pattern, key, fitting in [("O#*", "O#", True), ("O#*", "o#1", False), ("O#*", "PO#1", False),
                                      ("O#?", "O#1", True), ("O#?", "O#12", False), ("O#[1]", "O#1", False)]:
            self.assertEqual(fits(pattern, key), fitting, (pattern, key))

    def test_the_key_of_a_request_is_its_partition_key(self):
        self.assertEqual(key_of({"TableName": "t", "Key": {"pk": {"S": "O#1"}}}), "O#1")
        self.assertEqual(key_of({"TableName": "t", "Item": {"pk": {"S": "P#1"}, "body": {"S": "O#1"}}}), "P#1")
        self.assertIsNone(key_of({"TableName": "t", "IndexName": "due"}))
        self.assertIsNone(key_of({"QueueUrl": "q"}))


if __name__ == "__main__":
    unittest.main()
