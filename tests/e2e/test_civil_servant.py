"""A civil servant with a small telephone: from the catalogue to the certificate, at one's own pace."""

from playwright.sync_api import Browser, expect

from lms.demo.library import INTRODUCTION, load_course
from tests.demo_site import LiveStack
from tests.e2e.visitors import Visitor, visiting

COURSE = load_course(INTRODUCTION)


def test_from_the_catalogue_to_the_certificate(chromium: Browser, live_stack: LiveStack) -> None:
    with visiting(chromium, live_stack.url, width=320, has_touch=True) as learner:
        find_course(learner)
        read(learner)
        answer(learner)
        keep_certificate(learner)


def find_course(learner: Visitor) -> None:
    """Found by a word of its name before signing in, begun after."""
    learner.open("/courses/")
    learner.looks()
    learner.page.get_by_role("searchbox").or_(learner.page.locator("main [name=q]")).first.fill("getting to know")
    with learner.page.expect_navigation():
        learner.page.keyboard.press("Enter")
    learner.looks()
    learner.press(COURSE.title["en"])
    learner.looks()
    learner.press("Sign in to start")
    learner.looks()
    learner.page.locator("main [name=login]").fill("learner")
    learner.page.locator("main [name=password]").fill("malaka-demo")
    learner.page.locator("main form button[type=submit]").click()
    learner.press("Start at once")


def read(learner: Visitor) -> None:
    for lesson in COURSE.lessons[:2]:
        expect(learner.page.get_by_role("heading", level=1, name=lesson.title["en"])).to_be_visible()
        learner.looks()
        learner.page.get_by_text("Contents", exact=True).click()
        learner.looks()
        learner.page.get_by_text("Contents", exact=True).click()
        learner.page.locator("main form button", has_text="read").click()
        learner.page.wait_for_load_state()


def answer(learner: Visitor) -> None:
    """The first attempt is left half way and gone on with later; then the network is cut twice, and nothing is lost."""
    learner.press("Begin the quiz")
    learner.looks()
    learner.page.get_by_label("They are kept, I go on later").check()
    expect(learner.page.locator("output[form=quiz]")).to_contain_text("Saved")
    learner.open("/")
    learner.looks()
    learner.open("/learn/")
    learner.looks()
    learner.press(COURSE.title["en"])
    learner.press("Go on with the quiz")
    expect(learner.page.get_by_label("They are kept, I go on later")).to_be_checked()
    cut_and_close(learner)
    learner.page.context.set_offline(True)
    for choice in ("The name of the holder", "The course and the date"):
        learner.page.get_by_label(choice).check()
    expect(learner.page.locator("output[form=quiz]")).to_contain_text("Not saved yet: no connection")
    learner.press("Hand in")
    expect(learner.page.locator("output[form=quiz]")).to_contain_text("Not handed in yet: no connection")
    learner.page.context.set_offline(False)
    learner.sees("Passed")
    learner.sees("3 of 3 questions")
    learner.looks()


def cut_and_close(learner: Visitor) -> None:
    """An answer given without a network is sent by the next page, even where this one was closed."""
    learner.page.context.set_offline(True)
    learner.page.get_by_label("True").check()
    expect(learner.page.locator("output[form=quiz]")).to_contain_text("Not saved yet: no connection")
    here, context = learner.page.url, learner.page.context
    learner.page.close()
    context.set_offline(False)
    learner.page = context.new_page()
    learner.open(here)
    expect(learner.page.get_by_label("True")).to_be_checked()
    expect(learner.page.locator("output[form=quiz]")).to_contain_text("Saved at")


def keep_certificate(learner: Visitor) -> None:
    learner.press("To the end")
    learner.sees(f"You have completed “{COURSE.title['en']}”")
    learner.reload_until("See your certificate")
    learner.looks()
    learner.press("See your certificate")
    learner.sees("This certificate is valid")
    learner.looks()
    learner.open("/certificates/")
    learner.sees("AKD-")
    learner.looks()
    path = learner.page.locator("main a", has_text="PDF").first.get_attribute("href")
    answer = learner.page.request.get(learner.site + str(path))
    assert answer.ok
    assert answer.body().startswith(b"%PDF")
