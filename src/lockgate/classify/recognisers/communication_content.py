"""Content of communication between persons: chats, short messages, mails.

Source: Directive 2002/58/EC, article 5; PRC Constitution, article 40; Protection of Communications Secrets Act of
Korea, article 2.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="communication-content",
    category=Category.COMMUNICATION_CONTENT,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "sms content, sms text, sms body, chat content, chat message, chat text, chat log, email body",
        "email content, mail body, mail content, message content, message body, private message, dm text",
        "transcript, call transcript, voicemail, dxnr",
        "短信内容, 聊天内容, 聊天记录, 消息内容, 邮件内容, 邮件正文, 通话内容, 私信内容, 문자내용, 메시지내용",
        "대화내용, 채팅내용, 메일내용, 통화내용, 쪽지내용",
    ),
    form=r"^(?s:.*\p{L}.*)$",
    chance=0.5,
)
