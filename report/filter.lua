-- What plain Markdown leaves unsaid, said for the browser: figures with visible captions and their data, tables and formulas that
-- scroll on their own, headings that are anchors, numbers that stay on one line. report.py passes words, figures and repository.
local stringify = pandoc.utils.stringify
local words, figures, repository, number, lang
local drawn, described, image = 0, nil, nil

local function html(...)
  return pandoc.RawBlock('html', table.concat { ... })
end

-- Comments hold the queries of check.py; they are not for readers.
local function no_comment(raw)
  if raw.text:match '^<!%-%-' then return {} end
end

local glue = { ['±'] = true, ['–'] = true, ['×'] = true, ['='] = true, ['≈'] = true, ['%'] = true }

-- A minus is no hyphen, and "−0.188 ± 0.012", "3 – 4" and "10 000" do not break.
local function keep_numbers(inlines)
  for i, inline in ipairs(inlines) do
    if inline.t == 'Str' then
      inline.text = inline.text:gsub('^(%(?)%-(%d)', '%1−%2')
    elseif inline.t == 'Space' or inline.t == 'SoftBreak' then
      local before, after = inlines[i - 1], inlines[i + 1]
      local grouped = before and after and before.text and after.text and before.text:match '%d$' and after.text:match '^%d%d%d%D*$'
      if before and glue[before.text] or after and glue[after.text] or grouped then inlines[i] = pandoc.Str '\u{a0}' end
    end
  end
end

-- A browser breaks a line on either side of a formula, even before a comma: what touches one stays with it.
local function keep_together(inlines)
  keep_numbers(inlines)
  local out, run = pandoc.List(), pandoc.List()
  local function flush()
    local has_formula = run:find_if(function(inline) return inline.t == 'Math' end)
    if has_formula and #run > 1 then out:insert(pandoc.Span(run, { class = 'whole' })) else out:extend(run) end
    run = pandoc.List()
  end
  for _, inline in ipairs(inlines) do
    if inline.t == 'Str' or inline.t == 'Math' and inline.mathtype == 'InlineMath' then
      run:insert(inline)
    else
      flush()
      out:insert(inline)
    end
  end
  flush()
  return out
end

-- Pages lead to pages, the sources of the repository to the copies shipped in source/.
local function relink(link)
  local path, fragment = link.target:match '^([^#:]+)(#?.*)$'
  if not path then return nil end
  if path == '../README.md' then
    path = 'README.html'
  elseif repository ~= '' and path:sub(1, #repository) == repository then
    path = '../source/' .. path:sub(#repository + 1) .. '.html'
  else
    path = (repository == '../' and '../' or '') .. path:gsub('%.md$', '.html')
  end
  link.target = path .. fragment
  return link
end

local function anchor(heading)
  if heading.level > 1 then heading.content = { pandoc.Link(heading.content, '#' .. heading.identifier, '', { class = 'anchor' }) } end
  return heading
end

local function scrolls(name)
  return pandoc.Attr('', { 'scroll' }, { { 'role', 'group' }, { 'aria-label', name } })
end

local function numeric(rows, column)
  for _, row in ipairs(rows) do
    local text = stringify(row.cells[column].contents):gsub('−', '-')
    if text ~= '' and not text:match '^[-+<≈]*%s*%d' then return false end
  end
  return true
end

local function tabulate(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attr.attributes.scope = 'col' end
  end
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
    for _, row in ipairs(body.body) do row.cells[1].attr.attributes.scope = 'row' end
  end
  for column, spec in ipairs(tbl.colspecs) do
    if column > 1 and numeric(tbl.bodies[1].body, column) then spec[1] = 'AlignRight' end
  end
  return pandoc.Div({ tbl }, scrolls(words.table))
end

local function link(text, target)
  return '<a href="' .. target .. '">' .. text .. '</a>'
end

-- The caption is the line below, else the alternative text, in whose place the label then stands.
local function figure(img, line)
  local file = img.src:match '[^/]+$'
  local known, stem = figures[file] or error('there is no figure ' .. img.src, 0), file:match '^[^.]+'
  drawn = drawn + 1
  local label = words.figure .. ' ' .. (number ~= '' and number .. '.' or '') .. drawn
  local links = {}
  for _, kind in ipairs(known.kinds) do
    links[#links + 1] = link(stringify(kind):upper(), (img.src:gsub('svg$', stringify(kind))))
    image = image or stringify(kind) == 'png' and img.src:gsub('svg$', 'png') or nil
  end
  for _, data in ipairs(known.data) do
    local name = stringify(data)
    links[#links + 1] = link(words.data .. ' ' .. name, '../data/' .. name .. '.' .. lang .. '.html')
  end
  local caption = line and line.content or img.caption
  if not line then img.caption = { pandoc.Str(label) } end
  img.attributes = {
    { 'aria-describedby', 'caption-' .. stem }, { 'width', stringify(known.width) }, { 'height', stringify(known.height) },
    { 'style', stringify(known.style) } }
  return {
    html('<figure id="figure-', stem, '"><div class="scroll" role="group" aria-label="', label, '">'),
    pandoc.Plain { img },
    html('</div><figcaption><p id="caption-', stem, '">'),
    pandoc.Plain { pandoc.Strong(label .. '.'), pandoc.Space(), table.unpack(caption) },
    html('</p><p class="files">', table.concat(links, ' '), '</p></figcaption></figure>') }
end

local function only(block, kind)
  return block and block.t == 'Para' and #block.content == 1 and block.content[1].t == kind and block.content[1]
end

-- A picture alone in its paragraph is a figure; its caption is the line in italics after it, else its alternative text.
local function illustrate(blocks)
  local out = pandoc.List()
  local i = 1
  while i <= #blocks do
    local img, line = only(blocks[i], 'Image'), only(blocks[i + 1], 'Emph')
    if img then
      out:extend(figure(img, line))
      if line then i = i + 1 end
    else
      out:insert(blocks[i])
    end
    i = i + 1
  end
  return out
end

-- A sign after = or a comma is a number's own, not a difference. Upright words are text to MathML, and so is a number with a
-- decimal comma, which as an operator would be set apart from its digits; a display formula scrolls.
local function formula(math)
  math.text = math.text:gsub('([=,;] ?)(%-%d+{,}%d+)', '%1{%2}'):gsub('([=,;] ?)(%-%d[%d.]*)', '%1{%2}')
  math.text = math.text:gsub('(%d+){,}(%d+)', '\\text{%1,%2}')
  math.text = math.text:gsub('\\mathrm(%b{})', '\\text%1')
  if math.mathtype == 'DisplayMath' then
    return pandoc.Span({ math }, scrolls(words.formula))
  end
  return math
end

-- A flag does not break after its hyphens; a command longer than a phone's line breaks between its words.
local function whole(code)
  if #code.text <= 24 then
    code.classes:insert 'whole'
    return code
  end
  local parts = pandoc.List()
  for word in code.text:gmatch '%S+' do
    if #parts > 0 then parts:insert(pandoc.Space()) end
    parts:insert(pandoc.Code(word, { class = word:match '^%-' and 'whole' or nil }))
  end
  return parts
end

return {
  { Meta = function(meta)
    words, figures = meta.words, meta.figures
    for name, word in pairs(words) do words[name] = stringify(word) end
    repository, number, lang = stringify(meta.repository), stringify(meta.number), stringify(meta.lang)
  end },
  { RawInline = no_comment, RawBlock = no_comment },
  { Pandoc = function(doc)
    for _, block in ipairs(doc.blocks) do
      if block.t == 'Para' and not described and not stringify(block):match '\\' then described = stringify(block):gsub('%s+', ' ') end
    end
  end },
  { Inlines = keep_together, Link = relink, Header = anchor, Table = tabulate, Math = formula, Code = whole, Blocks = illustrate },
  { Meta = function(meta)
    meta.description, meta.image = described, image
    return meta
  end },
}
