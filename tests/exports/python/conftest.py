"""Which contract's package the tests import: `--contract own`, `second` or `additions`."""

from __future__ import annotations

import sys

import pytest

from packages import CONTRACTS, Contract


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contract", choices=list(CONTRACTS), default="own")
    parser.addoption("--package", help="the folder to import its package from, if it is another one")


def pytest_configure(config: pytest.Config) -> None:
    contract = CONTRACTS[config.getoption("--contract")]
    sys.path.insert(0, config.getoption("--package") or str(contract.package))


@pytest.fixture(scope="session")
def contract(request: pytest.FixtureRequest) -> Contract:
    return CONTRACTS[request.config.getoption("--contract")]
