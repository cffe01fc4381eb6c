from courses.interop.drafts import Draft, Refusal
from tests.courses.interop.reading import by_name, items, only


def test_aiken_is_read_or_refused_by_name() -> None:
    drafts, refusals = by_name(items("simple.aiken.txt"))
    right = {
        name: [choice["text"]["uz"] for choice in one.content["choices"] if float(choice["worth"]) > 0]
        for name, one in drafts.items()
    }
    assert right == {
        "Which tool sews?": ["Needle"],
        "A. Navoiy kim edi?": ["Shoir"],
        "Which are fibres?": ["Cotton", "Silk"],
        "Кириллча харфлар?": ["иккинчи"],
    }
    assert drafts["Which are fibres?"].kind == "multiple"
    assert set(refusals) == {"No answer here", "Points nowhere"}


def test_choices_on_several_lines_and_windows_ends() -> None:
    item = only("Savol\r\ndavomi\r\nA. bir\r\nikki\r\nB. <b>uch</b>\r\nANSWER: b\r\n", "x.txt")
    assert isinstance(item, Draft)
    assert item.content["text"] == {"uz": "<p>Savol</p><p>davomi</p>"}
    assert [choice["text"]["uz"] for choice in item.content["choices"]] == ["bir ikki", "&lt;b&gt;uch&lt;/b&gt;"]


def test_a_last_question_without_answer_is_refused() -> None:
    assert isinstance(only("Savol\nA. bir\nB. ikki\nANSWER:", "x.txt"), Refusal)
