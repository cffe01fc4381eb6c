import json
from dataclasses import replace

import pytest

from certificates.snapshot import CertificateWords
from tests.certificates.words import LANGUAGES, UZBEK


@pytest.mark.parametrize("words", [*LANGUAGES, replace(UZBEK, grade=None)], ids=lambda words: words.holder)
def test_a_snapshot_comes_back_from_json_as_it_was(words: CertificateWords) -> None:
    assert CertificateWords.from_json(json.loads(json.dumps(words.to_json()))) == words


def test_a_snapshot_with_a_missing_word_is_refused() -> None:
    stored = UZBEK.to_json()
    del stored["holder"]
    with pytest.raises(TypeError, match="holder"):
        CertificateWords.from_json(stored)
