"""Classes split inside groups that are given: what a later release of the same persons needs."""

import numpy as np

from lockgate.protect.domain_choice import Vocabulary, choose_domain
from lockgate.protect.problem import Problem
from lockgate.protect.splitting import split


def test_no_class_reaches_over_two_groups_and_each_holds_k_persons():
    ages = np.array([20 + (37 * i * i + 11 * i) % 40 for i in range(300)])
    _, domain = choose_domain("age", [str(age) for age in range(20, 60)], None, Vocabulary(), generalised=False)
    within = np.sort(np.concatenate((np.repeat(np.arange(30), 4), [(7 * i * i) % 30 for i in range(180)])))
    ones = np.ones(300, dtype=np.int64)
    problem = Problem((domain,), (ages - 20).astype(np.int64)[np.newaxis], ones, ones, 4)
    classes = split(problem, within).classes
    pairs = np.unique(np.stack([classes, within]), axis=1)
    assert pairs.shape[1] == classes.max() + 1, "every class lies in one group"
    assert np.bincount(classes).min() >= 4
    assert classes.max() + 1 > 30, "some groups are split"
