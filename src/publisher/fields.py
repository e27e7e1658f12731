"""The fields of the sources in words, so that a clinician who reads no YAML knows where something stands."""

from typing import Any

from publisher.written import Branch, Row, Written

WORDS = {
    "action": "处理与结局", "adverse_events": "不良反应", "after": "调整后", "aftercare": "术后处理", "age": "年龄", "agent": "相关治疗",
    "anaesthesia": "麻醉", "analyte": "检验项目", "announced": "题录", "announced_text": "题录说明", "arms": "比较组", "at": "时间",
    "authors": "作者", "background": "病例背景", "before": "调整前", "bone_events": "骨相关事件", "brand": "商品名",
    "cases": "所引病例", "caveat": "限定", "change": "变化", "changes_since": "修订起点", "clone": "克隆号", "closing": "结语", "code": "规则代码",
    "columns": "列", "commentary": "病例点评", "compiled": "由各例汇成", "compiler": "编纂", "complaint": "主诉", "components": "分项",
    "conclusion": "结论", "condition": "适用", "consent": "知情同意", "context": "分期时点", "control": "对照组", "conventions": "凡例",
    "count": "阳性/送检", "course": "治疗经过", "criterion": "标准", "ct_value": "CT值", "cycle": "周期", "date": "日期", "dates": "日期的印法",
    "days": "用药日", "diagnoses": "诊断", "diagnosis": "诊断", "disclaimer": "声明", "dose": "剂量", "dose_changes": "剂量调整", "doses": "用药",
    "drug": "药物", "duration": "持续时间", "edition": "版本", "effect": "效应值", "endpoint": "终点", "english_titles": "英文书名", "event": "事件",
    "evidence": "研究证据", "examination": "查体", "experimental": "试验组", "finding": "所见", "findings": "所见", "flag": "升降",
    "follow_up": "随访", "fractions": "放疗次数", "frequency": "频次", "gene": "基因", "genes": "分子检测", "grade": "分级", "habits": "个人史",
    "heading": "标题", "history": "病史", "id": "标识", "ihc": "免疫组化", "impression": "印象", "injections": "注射次数", "item": "项目",
    "keywords": "关键词", "kind": "类别", "label": "名称", "labs": "实验室检查", "length": "随访时间", "lesions": "病灶", "levels": "节段",
    "line": "治疗线", "marker": "标志物", "measures": "措施", "metastases": "转移部位", "method": "方法", "modality": "检查", "name": "名称",
    "names": "姓名的印法", "new_lesions": "新病灶", "nodes": "淋巴结", "non_target": "非靶病灶", "note": "编者按", "notes": "编者按",
    "number": "编号", "occupation": "职业", "occurred": "有无", "operation": "手术", "organ": "器官", "origin": "来源", "outcome": "末次记录",
    "overall": "总体评价", "p": "P值", "part": "所属部分", "parts": "各部分", "past": "既往史", "pathology": "病理", "patient": "患者",
    "perspective": "患者自述", "points": "要点", "population": "研究人群", "present": "现病史", "principles": "治疗原则",
    "prior_cancer": "既往肿瘤史", "privacy": "隐私", "purpose": "目的", "quality_of_life": "生活质量", "quote": "所引文字", "radiotherapy": "放疗",
    "reason": "理由", "receptors": "免疫组化", "reference": "参考范围", "references": "参考文献", "regimen": "方案", "remark": "说明",
    "responses": "影像学疗效", "result": "结果", "results": "结果", "rights": "权利", "role": "性质", "route": "途径", "rows": "行", "scale": "量表",
    "schedule": "安排", "scores": "评分", "sections": "小节", "series": "动态监测", "settles": "所了结的规则", "sex": "性别", "short_title": "短书名",
    "side": "侧别", "site": "部位", "size": "大小", "source": "依据", "sources": "资料来源", "specimen": "标本", "stage": "分期", "staging": "分期",
    "stains": "特殊染色", "statements": "条目", "station": "组别", "status": "实施情况", "steps": "手术过程", "studies": "影像学及内镜检查",
    "study": "研究", "subject": "主题", "subtitles": "副题", "suv_max": "SUVmax", "suv_mean": "SUV均值", "system": "部位或系统", "tables": "表",
    "target": "靶病灶", "technique": "技术", "term": "不良反应", "text": "正文", "timeline": "治疗时间线", "title": "题名", "tnm": "TNM分期",
    "topic": "主题", "topics": "主题", "tracer": "示踪剂", "treatments": "治疗", "trial": "试验", "unit": "单位", "value": "数值", "values": "数值",
    "variant": "位点或变异", "visit": "本次就诊", "volumes": "各卷", "waivers": "豁免",
}  # fmt: skip
"""Every key of a source file in the words of a medical record."""

NAMES = ("title", "name", "drug", "analyte", "modality", "specimen", "marker", "gene", "scale", "station", "heading", "term", "item", "event", "site", "organ",
         "endpoint", "trial", "tnm", "code", "topic", "context", "label", "system", "text", "at")  # fmt: skip
"""Keys that name the item they stand in, the best first."""
LONGEST_NAME = 18
"""Characters of an item's name that are quoted."""


def word(key: str) -> str:
    """Return a key in words; an unknown one as it is."""
    return WORDS.get(key, key)


def named(item: Any) -> str:
    """Return the words by which an item of a list is known, or an empty string."""
    found = next((item[key] for key in NAMES if isinstance(item.get(key), Written)), "") if isinstance(item, Branch) else ""
    when = item.get("at", "") if isinstance(item, Branch) and found else ""
    label = f"{found}" if not when or when == found else f"{found}，{when}"
    return label if len(label) <= LONGEST_NAME else f"{label[:LONGEST_NAME]}…"


def in_words(tree: Any, path: tuple[Any, ...]) -> str:
    """Say where a path of a tree leads: 治疗“地舒单抗骨保护”·用药“地舒单抗”·剂量."""
    steps: list[str] = []
    node = tree
    for step in path:
        inside = node[step] if isinstance(node, Branch | Row) else None
        if isinstance(step, int):
            label = named(inside)
            steps[-1] += f"“{label}”" if label else f"第{step + 1}条" if len(node) > 1 else ""
        else:
            steps.append(word(step))
        node = inside
    return "·".join(steps)
