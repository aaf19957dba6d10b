"""A user and a group from their creation to their end, through scim2-client with the models that the server describes."""

from scim2_models import PatchOp, PatchOperation, SCIMException, SearchRequest
from server import client

scim = client()
scim.discover()
User, Group = scim.get_resource_model("User"), scim.get_resource_model("Group")
Members, Emails = Group.Members, User.Emails


def patch(resource, *operations):
    """Changes a resource and gives it as the server shows it afterwards."""
    operations = [PatchOperation(op=op, path=path, value=value) for op, path, value in operations]
    scim.modify(type(resource), resource.id, PatchOp[type(resource)](operations=operations))
    return scim.query(type(resource), resource.id)


def found(model, text, **more):
    return [hit.id for hit in scim.query(model, query_parameters=SearchRequest(filter=text, **more)).resources or []]


def refused(status, call, *arguments):
    """The call is answered with this status."""
    try:
        call(*arguments)
    except SCIMException as error:
        assert error.to_error().status == status, error
    else:
        raise AssertionError(f"{call} {arguments} is not refused")


# Created, and found by what identity providers ask for.
ada = scim.create(User(user_name="Ada@example.com", external_id="ext-1", active=True))
bob = scim.create(User(user_name="bob@example.com", emails=[Emails(value="bob@example.com", type="work", primary=True)]))
assert ada.id and ada.meta.version and ada.meta.created == ada.meta.last_modified
assert found(User, 'userName eq "ada@EXAMPLE.com"') == [ada.id]
assert found(User, 'externalId eq "ext-1" and active eq true') == [ada.id]
assert found(User, 'emails[type eq "work" and value co "@example"]') == [bob.id]
assert found(User, "userName pr", sort_by="userName", sort_order="descending") == [bob.id, ada.id]
assert found(User, 'userName eq "nobody"') == []
refused(409, scim.create, User(user_name="ADA@example.com"))

# Changed: a part, then the whole.
ada = patch(ada, ("replace", "displayName", "Ada"), ("add", "title", "Countess"))
assert (ada.display_name, ada.title) == ("Ada", "Countess")
ada = patch(ada, ("replace", "active", False), ("remove", "title", None))
assert ada.active is False and ada.title is None and ada.display_name == "Ada"
assert found(User, "active eq false") == [ada.id]
ada.active, ada.display_name, ada.nick_name = True, "Ada L.", "A"
ada = scim.replace(ada)
assert (ada.active, ada.display_name, ada.nick_name, ada.external_id) == (True, "Ada L.", "A", "ext-1")

# In a group, out of it, in again.
team = scim.create(Group(display_name="Team", members=[Members(value=bob.id)]))
assert [member.value for member in team.members] == [bob.id]
team = patch(team, ("add", "members", [Members(value=ada.id)]))
assert {member.value for member in team.members} == {ada.id, bob.id}
assert [group.value for group in scim.query(User, ada.id).groups] == [team.id]
assert found(Group, f'members.value eq "{ada.id}"') == [team.id]
team = patch(team, ("remove", f'members[value eq "{bob.id}"]', None))
assert [member.value for member in team.members] == [ada.id]
team.display_name, team.members = "Crew", [Members(value=ada.id), Members(value=bob.id)]
team = scim.replace(team)
assert team.display_name == "Crew" and len(team.members) == 2

# Gone, and gone everywhere.
scim.delete(User, bob.id)
refused(404, scim.query, User, bob.id)
refused(404, scim.delete, User, bob.id)
assert [member.value for member in scim.query(Group, team.id).members] == [ada.id]
assert found(User, 'userName eq "bob@example.com"') == []
again = scim.create(User(user_name="bob@example.com"))
assert again.id != bob.id
for resource in (again, team, ada):
    scim.delete(type(resource), resource.id)
refused(404, scim.query, Group, team.id)
assert scim.query(User).total_results == 0 and scim.query(Group).total_results == 0
print("a user and a group lived and went")
