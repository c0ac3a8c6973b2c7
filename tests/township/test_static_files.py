"""Our modules import each other by the names under which they are served."""

from township.static_files import HashedStaticFiles


def test_imports_of_modules_are_rewritten_to_hashed_names(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "part.js").write_text("export const part = 1;\n")
    (tmp_path / "js" / "main.js").write_text('import { part } from "./part.js";\n')
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    paths = {name: (storage, name) for name in ("js/main.js", "js/part.js")}
    hashed = {name: new for name, new, _ in storage.post_process(paths)}
    part = hashed["js/part.js"].removeprefix("js/")
    assert part != "part.js"
    assert (tmp_path / hashed["js/main.js"]).read_text() == f'import {{ part }} from "./{part}";\n'
